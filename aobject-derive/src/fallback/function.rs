//! The function, without running it.
//!
//! ```text
//! Output, for `#[aobject::main(flavour = "current_thread")] fn main() -> R { BODY }`, after the errors:
//!     #[allow(dead_code)]
//!     fn main() -> R {
//!         async fn main() -> R { BODY }
//!         let _ = ::aobject::Runner::new();
//!         ::core::unreachable!()
//!     }
//! ```

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Error, Safety, parse_quote};

use crate::check::function::runs;
use crate::expand::function::{outer, runner};
use crate::model::function::{Function, has_to_panic};
use crate::words::{self, Macro};

/// Rustc still checks the body as that of an `async fn`, so that it reports mistakes in the body too.
pub(crate) fn fallback(model: &Function<'_>) -> TokenStream {
    let mut inner = model.item.signature.clone();
    inner.constness = None;
    inner.abi = None;
    inner.safety = Safety::Default;
    inner.asyncness.get_or_insert_with(|| parse_quote!(async));
    let attrs = model
        .item
        .attrs
        .iter()
        .filter(|attr| !runs(attr) && !has_to_panic(attr));
    if inner.receiver().is_some() {
        let (vis, body) = (&model.item.vis, &model.item.body);
        return quote!(#(#attrs)* #vis #inner #body);
    }
    // Marks the items that the options mention as used.
    let runner = runner(model);
    let run = quote!({
        let _ = #runner;
        ::core::unreachable!()
    });
    let function = outer(model, attrs, &inner, &run);
    quote! {
        #[allow(dead_code)]
        #function
    }
}

/// An item that is not a function is emitted unchanged.
pub(crate) fn other_item(by: Macro, item: &TokenStream) -> TokenStream {
    let error = Error::new(Span::call_site(), words::not_a_function(by)).into_compile_error();
    quote!(#error #item)
}

#[cfg(test)]
#[expect(
    clippy::needless_raw_string_hashes,
    reason = "`expect-test` writes them"
)]
mod tests;
