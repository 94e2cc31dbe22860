use expect_test::{Expect, expect};
use proc_macro2::TokenStream;
use quote::quote;

use super::parse;
use crate::diag::Diag;
use crate::model::function::{Flavor, Item};
use crate::words::Macro;

fn item() -> Item {
    syn::parse_quote!(
        async fn main() {}
    )
}

/// The messages of `parse` about the options, one per line.
#[track_caller]
fn assert_messages(by: Macro, options: TokenStream, expected: &Expect) {
    let mut diag = Diag::default();
    drop(parse(by, options, &item(), &mut diag));
    let messages: Vec<String> = diag
        .finish()
        .into_iter()
        .flatten()
        .map(|error| format!("{error}\n"))
        .collect();
    expected.assert_eq(&messages.concat());
}

#[test]
fn every_option_is_read_in_order() {
    let (item, mut diag) = (item(), Diag::default());
    let options = quote! {
        worker_threads = 2, limit = f(1, 2), flavor = "multi_thread", grace = SECOND, signals = false, crate = ::other
    };
    let main = parse(Macro::Main, options, &item, &mut diag);
    let words: Vec<_> = main.settings.iter().map(|setting| setting.word).collect();
    assert_eq!(
        words,
        ["worker_threads", "limit", "flavor", "grace", "signals"]
    );
    assert!(main.flavor() == (Some(2), Flavor::MultiThread));
    assert!(main.krate.is_some());

    let options = quote!(start_paused = true, limit = SECOND);
    let test = parse(Macro::Test, options, &item, &mut diag);
    assert!(test.flavor() == (None, Flavor::CurrentThread));
    assert!(diag.finish().is_none());
}

#[test]
fn an_item_is_a_function_with_a_body() {
    let item: Item = syn::parse_quote! {
        /// Documented.
        #[ignore]
        pub(crate) async fn answers(port: u16) -> Result<(), String> { #![allow(unused)] what ever }
    };
    assert_eq!((item.attrs.len(), item.signature.inputs.len()), (2, 1));
    assert!(
        syn::parse2::<Item>(quote!(
            struct App;
        ))
        .is_err()
    );
    assert!(
        syn::parse2::<Item>(quote!(
            async fn answers();
        ))
        .is_err()
    );
}

#[test]
fn a_mistake_costs_one_option() {
    let options = quote!(flavour = 1, flavor = "current", limit, grace = f(1 2), signals(false), limit = SECOND, limit = 1);
    assert_messages(
        Macro::Main,
        options,
        &expect![[r#"
            unknown option `flavour`; did you mean `flavor`?
            unknown flavor `current`; expected `multi_thread` or `current_thread`
            expected `limit = EXPR`, found `limit`
            expected `,`
            expected `signals = false`, found `signals(…)`
            duplicate option `limit`; keep one of them
            duplicate option `limit`; keep one of them
        "#]],
    );
    assert_messages(
        Macro::Test,
        quote!(grace = SECOND, start_paused, worker_treads = 1, 5),
        &expect![[r#"
            `grace` is an option of `#[aobject::main]`, not of `#[aobject::test]`; remove it
            expected `start_paused = true`, found `start_paused`
            unknown option `worker_treads`; did you mean `worker_threads`?
            expected one of `flavor`, `worker_threads`, `start_paused`, `limit` or `crate`
        "#]],
    );
}
