//! The async close.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::limited;
use crate::model::object::{Field, Object};

/// ```text
/// Output:  fn close(self) -> impl Future<Output = Result<(), BoxError>> + Send {
///              async move {
///                  let mut object = Assembled::new(self);
///                  HOOK(object.object()).await?;
///                  Teardown::of(object.into_object()).await
///              }
///          }
/// ```
pub(super) fn close(model: &Object<'_>) -> TokenStream {
    let close = match &model.options.close {
        None => quote!(__aobject::Teardown::of(self)),
        Some(hook) => {
            let hook = &hook.value;
            let this = quote!(__object);
            let call = quote_spanned!(hook.span()=> __aobject::hook(::core::pin::pin!(#hook(__aobject::Assembled::object(&mut #this)))).await);
            quote! {
                async move {
                    let mut __object = __aobject::Assembled::new(self);
                    // A hook that fails or panics drops the object, and objects dropped in a close are closed.
                    #call?;
                    __aobject::Teardown::of(__aobject::Assembled::into_object(__object)).await
                }
            }
        }
    };
    let close = match &model.options.close_timeout {
        None => close,
        Some(limit) => limited::object(model, limit, &close),
    };
    quote! {
        fn close(
            self,
        ) -> impl ::core::future::Future<Output = ::core::result::Result<(), __krate::BoxError>>
            + ::core::marker::Send
        {
            #close
        }
    }
}

/// ```text
/// Output:  fn close_field(parts: &mut __Parts, at: usize) -> Option<Job> {
///              match at {
///                  0 => { let slot = parts.config.take_made(); (&Probe::of(&slot)).close_job(slot) }
///                  1 => close_by(parts.pool.take_made(), |pool| async move { let mut pool = pool; EXPR }),
///                  _ => None,
///              }
///          }
/// ```
pub(super) fn close_field(model: &Object<'_>) -> TokenStream {
    let planned = model.planned().into_iter().enumerate();
    let arms = planned.map(|(at, index)| {
        let field = &model.fields[index];
        let job = job(field);
        let job = match &field.close_timeout {
            None => job,
            Some(limit) => limited::field(model, field, limit, &job),
        };
        quote!(#at => #job,)
    });
    quote! {
        // A closure that returns an `async` block, because an async closure cannot be shown to be `Send`.
        #[allow(unused_variables, closure_returning_async_block)]
        fn close_field(
            __parts: &mut Self::Parts,
            __at: usize,
        ) -> ::core::option::Option<__aobject::Job> {
            #[allow(unused_imports)]
            use __aobject::{ViaClose as _, ViaDrop as _};
            match __at {
                #(#arms)*
                _ => ::core::option::Option::None,
            }
        }
    }
}

fn job(field: &Field<'_>) -> TokenStream {
    let slot = &field.name;
    let Some(close) = &field.close else {
        return quote! {{
            let __slot = __parts.#slot.take_made();
            (&__aobject::Probe::of(&__slot)).close_job(__slot)
        }};
    };
    let close = &close.value;
    let outcome = quote!(__aobject::Outcome::into_result);
    let rebind = quote! {
        #[allow(unused_mut)]
        let mut #slot = #slot;
        #[allow(unused_braces)]
    };
    // Not in the span of the expression. If the expression comes from a macro's caller, its span does not resolve
    // the local.
    let part = quote!(__parts.#slot.take_made());
    let block = quote_spanned!(close.span()=> async move { #rebind #outcome(#close) });
    quote_spanned!(close.span()=> __aobject::close_by(#part, |#slot| #block))
}
