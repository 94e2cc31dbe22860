//! Messages about the arguments of `new` that are not fields.

use std::fmt::Display;

use super::rename;

pub(crate) fn not_an_argument() -> String {
    "expected `NAME: TYPE`".into()
}

pub(crate) fn duplicate_argument(argument: impl Display) -> String {
    format!("duplicate argument `{argument}`; keep one of them")
}

pub(crate) fn argument_is_a_field(argument: impl Display) -> String {
    format!("`{argument}` is already the name of a field; rename the argument")
}

pub(crate) fn argument_not_taken(argument: impl Display) -> String {
    format!(
        "unused argument `{argument}`; name it in the `init` or `default` of a field, or remove it"
    )
}

/// `owner` names it first, and `other` names it here.
pub(crate) fn argument_taken_twice(
    argument: impl Display,
    owner: impl Display,
    other: impl Display,
) -> String {
    format!(
        "`{argument}` moves into `{owner}`, so `{other}` cannot use it too; make `{argument}` a field, which both can borrow{}",
        rename(&argument)
    )
}

pub(crate) fn argument_out_of_place(word: &str, argument: impl Display) -> String {
    format!(
        "`{word}` cannot use the argument `{argument}`, which moves into a field; make `{argument}` a field{}",
        rename(&argument)
    )
}

pub(crate) fn argument_retried(argument: impl Display) -> String {
    format!(
        "`{argument}` moves into the first attempt, so `retry` has none for the next; make `{argument}` a field, which each attempt borrows{}",
        rename(&argument)
    )
}
