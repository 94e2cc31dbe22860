//! A close within its limit.
//!
//! A limit that names fields is evaluated while they exist, before the close takes its fields. If that panics, the
//! close runs without a limit and reports the panic, as with any other limit.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::object::{Field, Limit, Object, Use};

/// ```text
/// Output:  close_within::<Self, _>(|| LIMIT, CLOSE)
/// ```
pub(super) fn object(model: &Object<'_>, limit: &Limit, close: &TokenStream) -> TokenStream {
    let expr = &limit.expr;
    if limit.uses.is_empty() {
        return quote!(__aobject::close_within::<Self, _>(|| #expr, #close));
    }
    let bindings = limit.uses.iter().map(|of| {
        let (ident, member) = (&of.ident, &model.fields[of.field].member);
        quote!(let #ident = &self.#member;)
    });
    let known = caught(&quote! { #(#bindings)* (|| -> __aobject::Duration { #expr })() });
    quote! {
        let __limit = #known;
        __aobject::close_within::<Self, _>(
            || __limit.unwrap_or_else(|__panic| ::std::panic::resume_unwind(__panic)),
            #close,
        )
    }
}

/// ```text
/// Output:  JOB.map(|job| job.of_field_within(|| LIMIT, "pool"))
/// ```
pub(super) fn field(
    model: &Object<'_>,
    field: &Field<'_>,
    limit: &Limit,
    job: &TokenStream,
) -> TokenStream {
    let (expr, name) = (&limit.expr, field.text());
    if limit.uses.is_empty() {
        return quote!(::core::option::Option::map(#job, |__job| __job.of_field_within(|| #expr, #name)));
    }
    let bindings = limit.uses.iter().map(|of| binding(model, of));
    let known = caught(&quote! {
        #(#bindings)*
        ::core::option::Option::Some((|| -> __aobject::Duration { #expr })())
    });
    quote! {{
        let __limit = #known;
        ::core::option::Option::map(#job, |__job| match __limit {
            ::core::result::Result::Ok(::core::option::Option::Some(__limit)) => {
                __job.of_field_within(|| __limit, #name)
            }
            // Some parts are missing, because `new` has panicked. There is nothing to wait for.
            ::core::result::Result::Ok(::core::option::Option::None) => __job,
            ::core::result::Result::Err(__panic) => {
                __job.of_field_within(|| ::std::panic::resume_unwind(__panic), #name)
            }
        })
    }}
}

fn binding(model: &Object<'_>, of: &Use) -> TokenStream {
    let (ident, slot) = (&of.ident, &model.fields[of.field].name);
    quote!(let #ident = ::core::option::Option::as_ref(&__parts.#slot)?;)
}

fn caught(code: &TokenStream) -> TokenStream {
    quote!(::std::panic::catch_unwind(::std::panic::AssertUnwindSafe(|| { #code })))
}
