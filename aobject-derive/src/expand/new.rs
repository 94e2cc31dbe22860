//! The sync constructor.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use crate::model::{Field, Made, Model};

/// ```text
/// Output:  impl App {
///              pub fn new(config: Config, url: impl Into<String>) -> New<Self, impl Future<…>> {
///                  let mut __seed = Seed::new(__Parts { config: Some(config), url: Some(url.into()), hits: None, … });
///                  __seed.parts().hits = Some(DEFAULT_EXPR);
///                  <Self as AObject>::start(__seed).timeout(INIT_TIMEOUT)
///              }
///          }
/// ```
pub(super) fn constructor(model: &Model<'_>) -> TokenStream {
    let name = &model.input.ident;
    let (impl_generics, ty_generics, where_clause) = model.input.generics.split_for_impl();
    let vis = model.options.vis.as_ref().map_or(&model.input.vis, |vis| &vis.value);
    let new = model.options.new.as_ref().map_or_else(|| format_ident!("new"), |new| new.value.clone());
    let doc = format!(
        "Makes a [`{}`]: the sync constructor has run when this returns, the async init runs when it is awaited.",
        name.unraw()
    );
    let arguments = model.fields.iter().filter_map(argument);
    let slots = model.fields.iter().map(slot);
    let defaults = model.fields.iter().filter_map(|field| default(model, field));
    let timeout = model.options.init_timeout.as_ref().map(|limit| {
        let limit = &limit.value;
        quote!(.timeout(#limit))
    });
    quote! {
        #[automatically_derived]
        #[allow(clippy::too_many_arguments)]
        impl #impl_generics #name #ty_generics #where_clause {
            #[doc = #doc]
            #[track_caller]
            #vis fn #new(#(#arguments),*) -> __krate::New<
                Self,
                impl ::core::future::Future<Output = ::core::result::Result<Self, __krate::BoxError>>
                    + ::core::marker::Send,
            > {
                #[allow(unused_mut)]
                let mut __seed = __aobject::Seed::<Self>::new(__Parts { #(#slots,)* });
                #(#defaults)*
                <Self as __krate::AObject>::start(__seed)#timeout
            }
        }
    }
}

fn argument(field: &Field<'_>) -> Option<TokenStream> {
    let (name, ty) = (&field.name, field.ty());
    match field.made {
        Made::Argument { into: true } => Some(quote!(#name: impl ::core::convert::Into<#ty>)),
        Made::Argument { into: false } => Some(quote!(#name: #ty)),
        Made::Default { .. } | Made::Init(_) => None,
    }
}

fn slot(field: &Field<'_>) -> TokenStream {
    let (name, ty) = (&field.name, field.ty());
    let value = match &field.made {
        Made::Argument { into: true } => {
            quote!(::core::option::Option::Some(::core::convert::Into::<#ty>::into(#name)))
        }
        Made::Argument { into: false } => quote!(::core::option::Option::Some(#name)),
        // By a statement of its own, once the arguments are safe in the seed; or by the init.
        Made::Default { .. } | Made::Init(_) => quote!(::core::default::Default::default()),
    };
    quote!(#name: #value)
}

fn default(model: &Model<'_>, field: &Field<'_>) -> Option<TokenStream> {
    let Made::Default { expr, uses } = &field.made else { return None };
    let (name, ty) = (&field.name, field.ty());
    let Some(expr) = expr else {
        return Some(quote_spanned! {ty.span()=>
            __seed.parts().#name = ::core::option::Option::Some(<#ty as ::core::default::Default>::default());
        });
    };
    let bindings = model.bindings(uses);
    let sources = uses.iter().map(|mention| {
        let of = &model.fields[mention.field];
        let (local, name) = (of.local(), &of.name);
        quote!(let #local = &__parts.#name;)
    });
    Some(quote! {
        __seed.parts().#name = {
            let __parts = &*__seed.parts();
            #(#sources)*
            #(#bindings)*
            #[allow(unused_braces)]
            let __value: #ty = #expr;
            ::core::option::Option::Some(__value)
        };
    })
}
