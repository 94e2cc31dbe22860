//! Messages about fields and their names.

use std::fmt::Display;

use super::{did_you_mean, expected_one, rename};
use crate::nearest::nearest;

/// `found` is the position of a field in a tuple struct, if that was written.
pub(crate) fn not_a_field_name(found: Option<impl Display>) -> String {
    let instead = found.map_or_else(String::new, |found| format!("; write `_{found}`"));
    format!("expected the name of a field{instead}")
}

/// `field` appears only in the `after` of another field. `others` may be named there.
pub(crate) fn unknown_field(field: impl Display, others: &[String]) -> String {
    let others = || others.iter().map(String::as_str);
    let instead = match nearest(&field.to_string(), others()) {
        Some(meant) => did_you_mean(meant),
        None => match others().len() {
            0 => "there is no other field".into(),
            1..=8 => expected_one(others()),
            _ => "expected the name of another field".into(),
        },
    };
    format!("unknown field `{field}`; {instead}")
}

pub(crate) fn duplicate_field(field: impl Display) -> String {
    format!("duplicate field `{field}`; keep one of them")
}

pub(crate) fn after_itself(field: impl Display) -> String {
    format!("a field cannot be made after itself; remove `{field}`")
}

pub(crate) fn arguments_only(field: impl Display) -> String {
    format!(
        "`default` can only use arguments, and `{field}` is not one; write `init = EXPR` instead{}",
        rename(&field)
    )
}

/// `field` has an `init`.
pub(crate) fn names_a_made_field(word: &str, field: impl Display) -> String {
    format!(
        "`{word}` can only use fields without `init`, and `{field}` has one; use an argument or a `default` instead{}",
        rename(&field)
    )
}

pub(crate) fn made_of_itself(word: &str, field: impl Display) -> String {
    format!("the `{word}` of `{field}` cannot use `{field}`, which is not made yet; remove it here")
}

pub(crate) fn close_names_another(field: impl Display, own: impl Display) -> String {
    format!(
        "the `close` of `{own}` can only use `{own}`, and `{field}` is another field; store what the close needs in `{own}`"
    )
}

/// `field` is the one named after `self.`, if there is one.
pub(crate) fn no_self(word: &str, field: Option<impl Display>) -> String {
    let instead = field.map_or("write the names of the fields".to_owned(), |field| {
        format!("write just `{field}`")
    });
    format!("there is no `self` in `{word}`; {instead}")
}

/// `next` is the field that the first one waits for.
pub(crate) fn cycle(path: &str, next: impl Display) -> String {
    format!(
        "these fields wait for each other: `{path}`; remove one of the steps{}",
        rename(next)
    )
}

pub(crate) fn cycle_step(field: impl Display, next: impl Display) -> String {
    format!("`{field}` waits for `{next}` here")
}
