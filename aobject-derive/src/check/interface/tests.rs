use expect_test::{Expect, expect};
use syn::{ItemTrait, parse_quote};

use super::check;
use crate::diag::Diag;
use crate::model::interface::Interface;

/// The messages of `check` about a trait, one per line.
#[track_caller]
fn assert_said(item: &ItemTrait, expected: &Expect) {
    let mut diag = Diag::default();
    check(&Interface { item, krate: None }, &mut diag);
    let said: Vec<String> = diag
        .finish()
        .into_iter()
        .flatten()
        .map(|error| format!("{error}\n"))
        .collect();
    expected.assert_eq(&said.concat());
}

#[test]
fn a_trait_that_can_stand_behind_dyn_is_passed() {
    assert_said(
        &parse_quote! {
            #[aobject::async_trait]
            pub trait Cache<K: Ord>: Sync + PartialEq<str> where K: Clone {
                type Row: Clone;
                type Lent<'a> where Self: Sized;
                async fn get(&self, key: K) -> Self::Row;
                fn grow(&mut self) -> &dyn Fn(u8) -> u8 { &|it| it }
                fn boxed(self: Box<Self>);
                fn lent<'a>(&'a self, key: &'a K) -> &'a Self::Row;
                fn new<T>(of: T) -> Self where Self: Sized;
            }
        },
        &expect![[""]],
    );
}

#[test]
fn each_hindrance_is_said_once() {
    assert_said(
        &parse_quote! {
            trait Cache: Sync + Clone + core::cmp::Eq where Self: Sized {
                const SIZE: usize;
                type Lent<'a>;
                async fn get(&self) -> u8;
                fn each<T>(&self, of: T);
                fn array<const N: usize>(&self) -> [u8; N];
                fn any(&self, of: impl Fn(u8));
                fn new() -> u8;
                fn twin(&self) -> Option<Self>;
                fn same(&self, other: &Self) -> bool;
            }
        },
        &expect![[r#"
            a trait object cannot implement `Clone`; remove `Clone`
            a trait object cannot implement `core::cmp::Eq`; remove `core::cmp::Eq`
            a trait object cannot implement `Sized`; remove `Sized`
            a trait object hides the constant `SIZE`; write a method `fn size(&self)` that returns it
            `Lent` is generic, so a trait object hides it; remove its parameters, or add `where Self: Sized`
            an `async fn` cannot be called on a trait object; write `#[aobject::async_trait]` below `#[aobject::dynamic]`
            `each` is generic, so it cannot be called on a trait object; use concrete types, or add `where Self: Sized`
            `array` is generic, so it cannot be called on a trait object; use concrete types, or add `where Self: Sized`
            `any` is generic, so it cannot be called on a trait object; use concrete types, or add `where Self: Sized`
            `new` has no `self`, so it cannot be called on a trait object; add `&self`, or `where Self: Sized`
            `twin` uses the type `Self`, which a trait object hides; use another type, or add `where Self: Sized`
            `same` uses the type `Self`, which a trait object hides; use another type, or add `where Self: Sized`
        "#]],
    );
}
