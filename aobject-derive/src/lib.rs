//! The macros of [`aobject`](https://docs.rs/aobject), which re-exports and documents them.
//!
//! One direction, a stage a file: `parse` (tokens to `model`), `check` (rules across options and fields),
//! `expand` (`model` to Rust, cannot fail). Where a stage before it found mistakes, `fallback` stands in.

#![forbid(unsafe_code)]

mod borrow;
mod check;
mod diag;
mod expand;
mod fallback;
mod graph;
mod model;
mod names;
mod nearest;
mod parse;
mod words;

use proc_macro2::TokenStream;
use syn::{DeriveInput, Error};

use diag::Diag;

/// Derives `AObject` for a struct, and the constructor that returns `New`. See `aobject::AObject`.
#[proc_macro_derive(AObject, attributes(aobject))]
pub fn derive_aobject(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    syn::parse(input).map_or_else(Error::into_compile_error, |input| derive(&input)).into()
}

fn derive(input: &DeriveInput) -> TokenStream {
    let mut diag = Diag::default();
    let model = parse::parse(input, &mut diag);
    if let Ok(model) = &model {
        check::check(model, &mut diag);
    }
    match (diag.finish(), &model) {
        (Ok(()), Ok(model)) => expand::expand(model),
        (told, model) => fallback::fallback(input, model.as_ref().ok(), told),
    }
}
