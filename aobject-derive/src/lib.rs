//! The macros of [`aobject`](https://docs.rs/aobject), which re-exports and documents them.
//!
//! The stages run in one direction, with one folder each: `parse` (tokens to `model`), `check` (rules across
//! options and fields), `expand` (`model` to Rust, cannot fail). If an earlier stage found mistakes, `fallback`
//! replaces `expand`. In each folder, `object` is the derive, `function` is `#[main]` and `#[test]`, and
//! `interface` is `#[dynamic]`.

#![forbid(unsafe_code)]

mod borrow;
mod check;
mod diag;
mod dynamic;
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
use model::function::Item;
use words::Macro;

/// Derives `AObject` for a struct, and the constructor that returns `New`. See `aobject::AObject`.
#[proc_macro_derive(AObject, attributes(aobject))]
pub fn derive_aobject(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    syn::parse(input)
        .map_or_else(Error::into_compile_error, |input| derive(&input))
        .into()
}

/// Turns an `async fn main` into a `main`. See `aobject::main`.
#[proc_macro_attribute]
pub fn main(
    options: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    run(Macro::Main, options.into(), &item.into()).into()
}

/// Turns an `async fn` into a test. See `aobject::test`.
#[proc_macro_attribute]
pub fn test(
    options: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    run(Macro::Test, options.into(), &item.into()).into()
}

/// Lets objects be used behind a `dyn Trait`. See `aobject::dynamic`.
#[proc_macro_attribute]
pub fn dynamic(
    options: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    make_dynamic(options.into(), item.into()).into()
}

fn derive(input: &DeriveInput) -> TokenStream {
    let mut diag = Diag::default();
    let model = parse::object::parse(input, &mut diag);
    if let Ok(model) = &model {
        check::object::check(model, &mut diag);
    }
    let code = match &model {
        Ok(model) if !(diag.needs_fallback() || model.holds_dyn()) => expand::object::expand(model),
        model => fallback::object::fallback(input, model.as_ref().ok()),
    };
    beside(diag, code)
}

fn run(by: Macro, options: TokenStream, item: &TokenStream) -> TokenStream {
    let Ok(function) = syn::parse2::<Item>(item.clone()) else {
        return fallback::function::other_item(by, item);
    };
    let mut diag = Diag::default();
    let model = parse::function::parse(by, options, &function, &mut diag);
    check::function::check(&model, &mut diag);
    let code = if diag.needs_fallback() {
        fallback::function::fallback(&model)
    } else {
        expand::function::expand(&model)
    };
    beside(diag, code)
}

fn make_dynamic(options: TokenStream, item: TokenStream) -> TokenStream {
    let item = match syn::parse2(item) {
        Ok(syn::Item::Trait(item)) => item,
        Ok(other) => return fallback::interface::other_item(&other),
        Err(error) => return error.into_compile_error(),
    };
    let mut diag = Diag::default();
    let model = parse::interface::parse(options, &item, &mut diag);
    check::interface::check(&model, &mut diag);
    let code = if diag.needs_fallback() {
        fallback::interface::fallback(&model)
    } else {
        expand::interface::expand(&model)
    };
    beside(diag, code)
}

/// The code, after any errors.
fn beside(diag: Diag, code: TokenStream) -> TokenStream {
    let mut all = diag
        .finish()
        .map_or_else(TokenStream::new, Error::into_compile_error);
    all.extend(code);
    all
}
