//! The sync function that runs the async one.
//!
//! ```text
//! Input:   #[aobject::main(limit = LIMIT)]
//!          async fn main() -> R { BODY }
//! Output:  fn main() -> R {
//!              async fn main() -> R { BODY }
//!              ::aobject::__private::main(::aobject::Runner::new().limit(LIMIT), main())
//!          }
//!
//! Input:   #[aobject::test]
//!          async fn answers() -> R { BODY }
//! Output:  #[test]
//!          fn answers() -> ExitCode {
//!              async fn answers() -> R { BODY }
//!              ::aobject::__private::test(::aobject::Runner::new().current_thread(), answers())
//!          }
//! ```
//!
//! The inner function is the user's own, so rustc reports on its body and its type as usual.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, ReturnType, Signature};

use crate::model::function::{Flavor, Function, Value};
use crate::words::Macro;

pub(crate) fn expand(model: &Function<'_>) -> TokenStream {
    let (runner, attrs, signature) = (runner(model), &model.item.attrs, &model.item.signature);
    let name = &signature.ident;
    let at = match &signature.output {
        ReturnType::Default => Span::call_site(),
        // Rustc reports there that a test cannot return this type.
        ReturnType::Type(_, ty) => Span::call_site().located_at(ty.span()),
    };
    let krate = model.krate(at);
    let run = match model.by {
        Macro::Main => quote_spanned!(at=> #krate::__private::main(#runner, #name())),
        // After a panic, open objects are not looked for. An error about open objects must not be mistaken for the
        // panic.
        Macro::Test if model.has_to_panic() => {
            quote!(#krate::__private::main(#runner.signals(false), #name()))
        }
        Macro::Test => quote_spanned!(at=> #krate::__private::test(#runner, #name())),
    };
    outer(model, attrs.iter(), signature, &run)
}

/// The function that is called instead of the user's function, with that function inside.
pub(crate) fn outer<'a>(
    model: &Function<'_>,
    attrs: impl Iterator<Item = &'a Attribute>,
    inner: &Signature,
    run: &TokenStream,
) -> TokenStream {
    let (vis, name, body) = (&model.item.vis, &inner.ident, &model.item.body);
    let (test, output) = match model.by {
        Macro::Main => (None, inner.output.to_token_stream()),
        Macro::Test if model.has_to_panic() => (Some(test()), TokenStream::new()),
        Macro::Test => (Some(test()), quote!(-> ::std::process::ExitCode)),
    };
    quote! {
        #test
        #(#attrs)*
        #vis fn #name() #output {
            // The function may have nothing to await.
            #[allow(clippy::unused_async)]
            #inner #body
            #run
        }
    }
}

fn test() -> TokenStream {
    quote!(#[::core::prelude::v1::test])
}

/// `::aobject::Runner::new().limit(EXPR)`, with each method in the span of its option, where rustc reports
/// mistakes.
pub(crate) fn runner(model: &Function<'_>) -> TokenStream {
    let krate = model.krate(Span::call_site());
    let flavor = match model.flavor().1 {
        Flavor::MultiThread => None,
        Flavor::CurrentThread => Some(quote!(.current_thread())),
    };
    let settings = model
        .settings
        .iter()
        .filter_map(|setting| match &setting.value {
            Value::Flavor(_) => None,
            Value::Expr(expr) => {
                let method = Ident::new(setting.word, setting.key);
                Some(quote!(.#method(#expr)))
            }
        });
    quote!(#krate::Runner::new() #flavor #(#settings)*)
}

#[cfg(test)]
#[expect(
    clippy::needless_raw_string_hashes,
    reason = "`expect-test` writes them"
)]
mod tests;
