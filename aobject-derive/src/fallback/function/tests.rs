use expect_test::{Expect, expect};
use proc_macro2::TokenStream;
use quote::quote;

use crate::run;
use crate::words::Macro;

/// The code that is emitted beside the errors, one statement per line.
#[track_caller]
fn assert_given_back(by: Macro, options: TokenStream, item: &TokenStream, expected: &Expect) {
    let all = run(by, options, item).to_string();
    let rest = all
        .rsplit_once("compile_error ! { ")
        .and_then(|(_, rest)| rest.split_once('}'));
    let rest = rest.unwrap().1.trim();
    expected.assert_eq(
        &rest
            .replace("; ", ";\n")
            .replace("{ ", "{\n")
            .replace("} ", "}\n"),
    );
}

#[test]
fn a_function_is_given_back_as_what_it_should_be() {
    assert_given_back(
        Macro::Main,
        quote!(flavour = "current_thread", limit = LIMIT),
        &quote! { #[tokio::main] pub unsafe fn main<T>(a: u8) -> R { body } },
        &expect![[r#"
            # [allow (dead_code)] pub fn main () -> R {
            # [allow (clippy :: unused_async)] async fn main < T > (a : u8) -> R {
            body }
            {
            let _ = :: aobject :: Runner :: new () . current_thread () . limit (LIMIT) ;
            :: core :: unreachable ! () }
            }"#]],
    );
    assert_given_back(
        Macro::Test,
        quote!(nonsense),
        &quote! { #[should_panic] async fn answers() -> R { body } },
        &expect![[r#"
            # [allow (dead_code)] # [:: core :: prelude :: v1 :: test] fn answers () {
            # [allow (clippy :: unused_async)] async fn answers () -> R {
            body }
            {
            let _ = :: aobject :: Runner :: new () . current_thread () ;
            :: core :: unreachable ! () }
            }"#]],
    );
}

#[test]
fn a_method_stays_one() {
    assert_given_back(
        Macro::Test,
        quote!(),
        &quote! { async fn answers(&self) { body } },
        &expect![[r#"
        async fn answers (& self) {
        body }"#]],
    );
}

#[test]
fn what_is_no_function_stays() {
    assert_given_back(
        Macro::Main,
        quote!(),
        &quote! { struct Main; },
        &expect!["struct Main ;"],
    );
}
