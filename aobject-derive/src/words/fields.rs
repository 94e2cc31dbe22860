//! Messages about fields and their names.

use std::fmt::Display;

use super::{RENAME, any_of, did_you_mean};
use crate::nearest::nearest;

pub(crate) fn after_what() -> String {
    "expected the name of a field".into()
}

/// `field` appears only in the `after` of another field. `others` may be named there.
pub(crate) fn unknown_field(field: impl Display, others: &[String]) -> String {
    match nearest(&field.to_string(), others.iter().map(String::as_str)) {
        None if others.is_empty() => format!("unknown field `{field}`; there is no other field"),
        None if others.len() <= 8 => {
            format!(
                "unknown field `{field}`; expected {}",
                any_of(others.iter().map(String::as_str))
            )
        }
        meant => format!(
            "unknown field `{field}`; expected another field's name{}",
            did_you_mean(meant)
        ),
    }
}

pub(crate) fn duplicate_field(field: impl Display) -> String {
    format!("duplicate field `{field}`; keep one of them")
}

pub(crate) fn after_itself(field: impl Display) -> String {
    format!("`{field}` cannot be made after itself; remove it here")
}

pub(crate) fn arguments_only(field: impl Display) -> String {
    format!(
        "`default` sees the arguments only, and `{field}` is not one; make this field by `init = EXPR` {RENAME}"
    )
}

/// `field` has an `init`.
pub(crate) fn names_a_made_field(word: &str, field: impl Display) -> String {
    format!(
        "`{word}` sees the fields without `init`, and `{field}` has one; name an argument or a `default` {RENAME}"
    )
}

pub(crate) fn made_of_itself(field: impl Display) -> String {
    format!("`{field}` cannot be made of itself; write what it is made of {RENAME}")
}

pub(crate) fn close_names_another(field: impl Display, own: impl Display) -> String {
    format!(
        "`close` of `{own}` sees `{own}` alone, and `{field}` is another field; keep in `{own}` what its close needs {RENAME}"
    )
}

/// `field` is the one named after `self.`, if there is one.
pub(crate) fn no_self(word: &str, field: Option<impl Display>) -> String {
    let instead = field.map_or("the names of the fields".to_owned(), |field| {
        format!("`{field}` for the field")
    });
    format!("there is no `self` in `{word}`; write {instead}")
}

pub(crate) fn cycle(path: &str) -> String {
    format!("`{path}` is a cycle: each of these fields waits for the next; remove a step {RENAME}")
}

pub(crate) fn cycle_step(field: impl Display, next: impl Display) -> String {
    format!("`{field}` waits for `{next}` here")
}
