//! Messages about the arguments of `new` that are not fields.

use std::fmt::Display;

use super::RENAME;

pub(crate) fn not_an_argument() -> String {
    "expected `NAME: TYPE`".into()
}

pub(crate) fn duplicate_argument(argument: impl Display) -> String {
    format!("duplicate argument `{argument}`; keep one of them")
}

pub(crate) fn argument_is_a_field(argument: impl Display) -> String {
    format!("`{argument}` is a field too, and its name is that field's; rename the argument")
}

pub(crate) fn argument_not_taken(argument: impl Display) -> String {
    format!(
        "`{argument}` moves into the field whose `init` or `default` names it, and none does; name it in one, or remove it"
    )
}

/// `owner` names it first, and `other` names it here.
pub(crate) fn argument_taken_twice(
    argument: impl Display,
    owner: impl Display,
    other: impl Display,
) -> String {
    format!(
        "`{argument}` moves into `{owner}`, so `{other}` cannot have it too; make it a field, which both can borrow or clone {RENAME}"
    )
}

pub(crate) fn argument_out_of_place(word: &str, argument: impl Display) -> String {
    format!(
        "`{word}` does not see `{argument}`, which moves into the field that is made of it; make it a field {RENAME}"
    )
}

pub(crate) fn argument_retried(argument: impl Display) -> String {
    format!(
        "`{argument}` moves into the first attempt, and `retry` may make others; make it a field, which each attempt borrows {RENAME}"
    )
}
