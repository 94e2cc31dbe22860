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
            a type behind `dyn` has no known size, which `Clone` needs; remove it
            a type behind `dyn` has no known size, which `core::cmp::Eq` needs; remove it
            a type behind `dyn` has no known size, which `Sized` needs; remove it
            `SIZE` is not known behind `dyn`; write a method of `&self` that returns it
            `Lent` is generic, so it is not known behind `dyn`; write a type without parameters, or `where Self: Sized`
            an `async fn` cannot be called behind `dyn`; write `#[aobject::async_trait]` below `#[aobject::dynamic]`
            `each` is generic, so it cannot be called behind `dyn`; write types without parameters, or `where Self: Sized`
            `array` is generic, so it cannot be called behind `dyn`; write types without parameters, or `where Self: Sized`
            `any` is generic, so it cannot be called behind `dyn`; write types without parameters, or `where Self: Sized`
            `new` has no `self`, so it cannot be called behind `dyn`; write `&self`, or `where Self: Sized`
            `twin` names `Self`, which is not known behind `dyn`; write another type, or `where Self: Sized`
            `same` names `Self`, which is not known behind `dyn`; write another type, or `where Self: Sized`
        "#]],
    );
}
