//! The sync constructor.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::{guard, keeper};
use crate::model::object::{Field, Made, Object, Use};

/// ```text
/// Output:  impl App {
///              pub fn new(config: Config, url: impl Into<String>) -> New<Self, impl Future<…>> {
///                  let mut seed = Seed::new(__Parts { config: Some(config), url: None, hits: None, … });
///                  seed.parts().url = Some(url.into());
///                  seed.parts().hits = Some(DEFAULT_EXPR);
///                  <Self as AObject>::start(seed).timeout(INIT_TIMEOUT)
///              }
///          }
/// ```
pub(super) fn constructor(model: &Object<'_>) -> TokenStream {
    let name = &model.input.ident;
    let (impl_generics, ty_generics, _) = model.input.generics.split_for_impl();
    let where_clause = guard::where_clause(model);
    let vis = model
        .options
        .vis
        .as_ref()
        .map_or(&model.input.vis, |vis| &vis.value);
    let new = model
        .options
        .new
        .as_ref()
        .map_or_else(|| format_ident!("new"), |new| new.value.clone());
    let doc = format!(
        "Makes a [`{}`]: the sync constructor has run when this returns, the async init runs when it is awaited.",
        name.unraw()
    );
    let others = model.options.args.iter().map(|of| {
        let (name, ty) = (&of.ident, &of.ty);
        quote!(#name: #ty)
    });
    let arguments = others.chain(model.fields.iter().filter_map(argument));
    let kept: Vec<_> = model.kept_arguments().map(|of| &of.ident).collect();
    let slots = model.fields.iter().map(slot);
    let conversions = model.fields.iter().filter_map(conversion);
    let defaults = model
        .fields
        .iter()
        .filter_map(|field| default(model, field));
    let limit = model.options.init_timeout.as_ref();
    // Before the seed is moved.
    let known = limit.filter(|limit| !limit.uses.is_empty()).map(|limit| {
        let (sources, value) = (sources(model, &limit.uses), model.limit(limit));
        quote!(let __limit: __aobject::Duration = { #sources #value };)
    });
    let timeout = limit.map(|limit| {
        let value = known
            .as_ref()
            .map_or_else(|| model.limit(limit), |_| quote!(__limit));
        quote!(.timeout(#value))
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
                    + ::core::marker::Send
                    + 'static,
            > {
                #[allow(unused_mut)]
                let mut __seed = __aobject::Seed::<Self>::new(__Parts {
                    #(#slots,)*
                    #(#kept: ::core::option::Option::Some(#kept),)*
                });
                #(#conversions)*
                #(#defaults)*
                #known
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
        Made::Init(_) if field.is_given() => Some(quote!(#name: ::core::option::Option<#ty>)),
        Made::Default { .. } | Made::Init(_) => None,
    }
}

fn slot(field: &Field<'_>) -> TokenStream {
    let name = &field.name;
    if let Made::Argument { into: false } = field.made {
        quote!(#name: ::core::option::Option::Some(#name))
    } else if field.is_given() {
        quote! {
            #name: ::core::option::Option::map_or_else(
                #name,
                ::core::default::Default::default,
                ::core::convert::From::from,
            )
        }
    } else {
        // In a separate statement, after the arguments are safe in the seed, or by the init.
        quote!(#name: ::core::default::Default::default())
    }
}

fn conversion(field: &Field<'_>) -> Option<TokenStream> {
    let (name, ty) = (&field.name, field.ty());
    let Made::Argument { into: true } = field.made else {
        return None;
    };
    Some(quote! {
        __aobject::Seed::parts(&mut __seed).#name =
            ::core::option::Option::Some(::core::convert::Into::<#ty>::into(#name));
    })
}

fn default(model: &Object<'_>, field: &Field<'_>) -> Option<TokenStream> {
    let Made::Default { expr, uses, takes } = &field.made else {
        return None;
    };
    let (name, ty) = (&field.name, field.ty());
    let Some(expr) = expr else {
        return Some(quote_spanned! {ty.span()=>
            __aobject::Seed::parts(&mut __seed).#name = ::core::option::Option::Some(<#ty as ::core::default::Default>::default());
        });
    };
    let (sources, bindings) = (sources(model, uses), model.bindings(uses));
    if keeper::is_one(uses, expr) {
        let call = keeper::default(model, field, uses, takes);
        return Some(quote! {
            __aobject::Seed::parts(&mut __seed).#name = {
                #sources
                ::core::option::Option::Some(#call)
            };
        });
    }
    let taken = takes.iter().map(|of| {
        let (ident, argument) = (&of.ident, &model.options.args[of.argument].ident);
        quote! {
            #[allow(unused_mut)]
            let mut #ident = #argument;
        }
    });
    Some(quote! {
        __aobject::Seed::parts(&mut __seed).#name = {
            #sources
            #(#bindings)*
            #(#taken)*
            #[allow(unused_braces)]
            let __value: #ty = #expr;
            ::core::option::Option::Some(__value)
        };
    })
}

/// The slots of the named fields, as locals.
fn sources(model: &Object<'_>, uses: &[Use]) -> TokenStream {
    let slots = uses.iter().map(|mention| {
        let of = &model.fields[mention.field];
        let (local, name) = (of.local(), &of.name);
        quote!(let #local = &__parts.#name;)
    });
    quote! {
        let __parts = &*__aobject::Seed::parts(&mut __seed);
        #(#slots)*
    }
}
