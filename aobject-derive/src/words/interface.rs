//! Messages about traits whose objects are chosen at run time.

use std::fmt::Display;

pub(crate) fn not_a_trait(item: &str) -> String {
    format!("`#[aobject::dynamic]` belongs on a trait, not on {item}")
}

pub(crate) fn async_in_dyn() -> String {
    "an `async fn` cannot be called on a trait object; write `#[aobject::async_trait]` below `#[aobject::dynamic]`"
        .into()
}

pub(crate) fn generic_in_dyn(method: impl Display) -> String {
    format!(
        "`{method}` is generic, so it cannot be called on a trait object; use concrete types, or add `where Self: Sized`"
    )
}

pub(crate) fn without_self(method: impl Display) -> String {
    format!(
        "`{method}` has no `self`, so it cannot be called on a trait object; add `&self`, or `where Self: Sized`"
    )
}

pub(crate) fn names_self(method: impl Display) -> String {
    format!(
        "`{method}` uses the type `Self`, which a trait object hides; use another type, or add `where Self: Sized`"
    )
}

/// `method` is a name for it.
pub(crate) fn constant_in_dyn(constant: impl Display, method: impl Display) -> String {
    format!(
        "a trait object hides the constant `{constant}`; write a method `fn {method}(&self)` that returns it"
    )
}

pub(crate) fn generic_type_in_dyn(ty: impl Display) -> String {
    format!(
        "`{ty}` is generic, so a trait object hides it; remove its parameters, or add `where Self: Sized`"
    )
}

pub(crate) fn needs_a_size(supertrait: impl Display) -> String {
    format!("a trait object cannot implement `{supertrait}`; remove `{supertrait}`")
}
