use expect_test::{Expect, expect};
use proc_macro2::TokenStream;
use quote::quote;
use syn::parse_quote;

use super::check;
use crate::diag::Diag;
use crate::model::function::Item;
use crate::parse::function::parse;
use crate::words::Macro;

/// The messages of `check` about a function that passes `parse`, one per line.
#[track_caller]
fn assert_messages(by: Macro, options: TokenStream, item: &Item, expected: &Expect) {
    let mut diag = Diag::default();
    let model = parse(by, options, item, &mut diag);
    assert!(diag.finish().is_none());
    let mut diag = Diag::default();
    check(&model, &mut diag);
    let messages: Vec<String> = diag
        .finish()
        .into_iter()
        .flatten()
        .map(|error| format!("{error}\n"))
        .collect();
    expected.assert_eq(&messages.concat());
}

#[test]
fn a_right_function_is_passed() {
    let main = parse_quote! {
        /// Documented.
        #[allow(unused)]
        pub async fn main() -> Result<(), Box<dyn std::error::Error>> {}
    };
    assert_messages(
        Macro::Main,
        quote!(worker_threads = 0x10),
        &main,
        &expect![[""]],
    );
    assert_messages(
        Macro::Main,
        quote!(flavor = "current_thread"),
        &main,
        &expect![[""]],
    );
    let test = parse_quote! {
        #[should_panic(expected = "no")]
        #[ignore]
        #[test_case]
        async fn answers() {}
    };
    assert_messages(
        Macro::Test,
        quote!(start_paused = true),
        &test,
        &expect![[""]],
    );
    assert_messages(
        Macro::Test,
        quote!(flavor = "multi_thread", worker_threads = 1),
        &test,
        &expect![[""]],
    );
}

#[test]
fn what_is_no_plain_async_function() {
    assert_messages(
        Macro::Main,
        quote!(),
        &parse_quote! {
            const unsafe extern "C" fn main<T>(a: u8) where T: Send {}
        },
        &expect![[r#"
            `#[aobject::main]` can only run an `async fn`; add `async` before `fn`
            `#[aobject::main]` can only run a plain `async fn`; remove `const`
            `#[aobject::main]` can only run a plain `async fn`; remove `unsafe`
            `#[aobject::main]` can only run a plain `async fn`; remove `extern "C"`
            `#[aobject::main]` can only run a plain `async fn`; remove the generic parameters
            `#[aobject::main]` can only run a plain `async fn`; remove the `where` clause
            `#[aobject::main]` calls the function without arguments; remove the parameters
        "#]],
    );
    assert_messages(
        Macro::Test,
        quote!(),
        &parse_quote! {
            async fn answers(&self, a: u8) {}
        },
        &expect![[r#"
            `#[aobject::test]` cannot run a method; move it out of the `impl` and remove `self`
        "#]],
    );
}

#[test]
fn what_is_run_by_another_macro_too() {
    assert_messages(
        Macro::Test,
        quote!(),
        &parse_quote! {
            #[test]
            #[tokio::test(start_paused = true)]
            #[::core::prelude::v1::test]
            #[should_panic]
            async fn answers() -> Result<(), String> {}
        },
        &expect![[r#"
            a test with `#[should_panic]` must return `()`; remove the return type
            `#[aobject::test]` already runs this function; remove `#[test]`
            `#[aobject::test]` already runs this function; remove `#[tokio::test]`
            `#[aobject::test]` already runs this function; remove `#[::core::prelude::v1::test]`
        "#]],
    );
}

#[test]
fn a_flavor_and_what_it_cannot_do() {
    let item = parse_quote! {
        async fn answers() {}
    };
    let messages = |by, options, expected: Expect| assert_messages(by, options, &item, &expected);
    messages(
        Macro::Main,
        quote!(flavor = "current_thread", worker_threads = 2),
        expect![[r#"
        `worker_threads` cannot be combined with `flavor = "current_thread"`; keep one of them
    "#]],
    );
    messages(
        Macro::Main,
        quote!(worker_threads = 0, flavor = "current_thread"),
        expect![[r#"
            `flavor = "current_thread"` cannot be combined with `worker_threads`; keep one of them
            a runtime needs at least one worker thread; write `worker_threads = 1` or more
        "#]],
    );
    messages(
        Macro::Test,
        quote!(worker_threads = 2),
        expect![[r#"
            `worker_threads` has no effect without `flavor = "multi_thread"`; add `flavor = "multi_thread"` or remove `worker_threads`
        "#]],
    );
    messages(
        Macro::Test,
        quote!(start_paused = true, flavor = "multi_thread"),
        expect![[r#"
        `flavor = "multi_thread"` cannot be combined with `start_paused`; keep one of them
    "#]],
    );
    messages(
        Macro::Test,
        quote!(flavor = "multi_thread", start_paused = false),
        expect![[r#"
        `start_paused` cannot be combined with `flavor = "multi_thread"`; keep one of them
    "#]],
    );
    messages(
        Macro::Test,
        quote!(worker_threads = 2, start_paused = true),
        expect![[r#"
        `start_paused` cannot be combined with `worker_threads`; keep one of them
    "#]],
    );
}
