use expect_test::{Expect, expect};
use proc_macro2::TokenStream;
use quote::quote;

use crate::run;
use crate::words::Macro;

/// The emitted code, one statement per line.
#[track_caller]
fn assert_made(by: Macro, options: TokenStream, item: &TokenStream, expected: &Expect) {
    let made = run(by, options, item).to_string();
    expected.assert_eq(
        &made
            .replace("; ", ";\n")
            .replace("{ ", "{\n")
            .replace("} ", "}\n"),
    );
}

#[test]
fn main_is_called_with_a_runner() {
    assert_made(
        Macro::Main,
        quote!(
            flavor = "current_thread",
            limit = LIMIT,
            crate = other::aobject
        ),
        &quote! { #[inline] pub async fn main() -> R { #![allow(unused)] body } },
        &expect![[r#"
            # [inline] pub fn main () -> R {
            # [allow (clippy :: unused_async)] async fn main () -> R {
            # ! [allow (unused)] body }
            other :: aobject :: __private :: main (other :: aobject :: Runner :: new () . current_thread () . limit (LIMIT) , main ()) }"#]],
    );
}

#[test]
fn a_test_returns_an_exit_code() {
    assert_made(
        Macro::Test,
        quote!(flavor = "multi_thread", worker_threads = N),
        &quote! { #[ignore] async fn answers() -> R { body } },
        &expect![[r#"
            # [:: core :: prelude :: v1 :: test] # [ignore] fn answers () -> :: std :: process :: ExitCode {
            # [allow (clippy :: unused_async)] async fn answers () -> R {
            body }
            :: aobject :: __private :: test (:: aobject :: Runner :: new () . worker_threads (N) , answers ()) }"#]],
    );
}

#[test]
fn a_test_that_has_to_panic_returns_nothing() {
    assert_made(
        Macro::Test,
        quote!(),
        &quote! { #[should_panic] async fn answers() { body } },
        &expect![[r#"
            # [:: core :: prelude :: v1 :: test] # [should_panic] fn answers () {
            # [allow (clippy :: unused_async)] async fn answers () {
            body }
            :: aobject :: __private :: main (:: aobject :: Runner :: new () . current_thread () . signals (false) , answers ()) }"#]],
    );
}
