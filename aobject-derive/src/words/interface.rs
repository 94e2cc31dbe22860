//! Messages about traits whose objects are chosen at run time.

use std::fmt::Display;

pub(crate) fn not_a_trait(item: &str) -> String {
    format!("`#[aobject::dynamic]` belongs on a trait, not on {item}; write it on the trait")
}

pub(crate) fn async_in_dyn() -> String {
    "an `async fn` cannot be called behind `dyn`; write `#[aobject::async_trait]` below `#[aobject::dynamic]`"
        .into()
}

pub(crate) fn generic_in_dyn(method: impl Display) -> String {
    format!(
        "`{method}` is generic, so it cannot be called behind `dyn`; write types without parameters, or `where Self: Sized`"
    )
}

pub(crate) fn without_self(method: impl Display) -> String {
    format!(
        "`{method}` has no `self`, so it cannot be called behind `dyn`; write `&self`, or `where Self: Sized`"
    )
}

pub(crate) fn names_self(method: impl Display) -> String {
    format!(
        "`{method}` names `Self`, which is not known behind `dyn`; write another type, or `where Self: Sized`"
    )
}

pub(crate) fn constant_in_dyn(constant: impl Display) -> String {
    format!("`{constant}` is not known behind `dyn`; write a method of `&self` that returns it")
}

pub(crate) fn generic_type_in_dyn(ty: impl Display) -> String {
    format!(
        "`{ty}` is generic, so it is not known behind `dyn`; write a type without parameters, or `where Self: Sized`"
    )
}

pub(crate) fn needs_a_size(supertrait: impl Display) -> String {
    format!("a type behind `dyn` has no known size, which `{supertrait}` needs; remove it")
}
