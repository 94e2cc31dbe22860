//! The impl and `new`, without content.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{DeriveInput, GenericParam, Generics, Lifetime, TypeParamBound, parse_quote};

use crate::model::object::{Made, Object};

// Output, for `struct App { config: Config, #[aobject(defualt)] hits: u64 }`, after the errors:
//
//     impl ::aobject::AObject for App {
//         type Seed = ();
//         async fn init(_: ()) -> ::core::result::Result<Self, ::aobject::BoxError> { … }
//     }
//     impl App {
//         fn new(_: Config) -> ::aobject::New<Self, impl …> { … }
//     }

/// `model` is `None` if `input` is not a struct.
pub(crate) fn fallback(input: &DeriveInput, model: Option<&Object<'_>>) -> TokenStream {
    let krate = model.map_or_else(|| parse_quote!(::aobject), |model| model.options.krate());
    let ident = &input.ident;
    let mut owned = Generics {
        params: input
            .generics
            .params
            .iter()
            .filter(|of| !is_lifetime(of))
            .cloned()
            .collect(),
        ..input.generics.clone()
    };
    for parameter in owned.type_params_mut() {
        parameter.bounds.extend::<[TypeParamBound; 2]>([
            parse_quote!(::core::marker::Send),
            parse_quote!('static),
        ]);
    }
    let (generics, _, _) = owned.split_for_impl();
    let (_, arguments, clause) = input.generics.split_for_impl();
    let new = model.map(|model| new(model, &krate));
    let constants = model.map(Object::dyn_constants);
    let stub = quote! {
        #[automatically_derived]
        impl #generics #krate::AObject for #ident #arguments #clause {
            type Seed = ();
            async fn init(_: ()) -> ::core::result::Result<Self, #krate::BoxError> {
                ::core::unreachable!()
            }
        }
        #[automatically_derived]
        #[allow(dead_code)]
        impl #generics #ident #arguments #clause {
            #new
        }
        #constants
    };
    let lifetimes: Vec<&Lifetime> = input.generics.lifetimes().map(|of| &of.lifetime).collect();
    if lifetimes.is_empty() {
        stub
    } else {
        outlive(stub, &lifetimes)
    }
}

fn is_lifetime(parameter: &GenericParam) -> bool {
    matches!(parameter, GenericParam::Lifetime(_))
}

/// The constructor, with the arguments that the caller expects.
fn new(model: &Object<'_>, krate: &syn::Path) -> TokenStream {
    let Object {
        input,
        options,
        fields,
        ..
    } = model;
    let vis = options.vis.as_ref().map_or(&input.vis, |vis| &vis.value);
    let name = options.new.as_ref().map_or_else(
        || Ident::new("new", Span::call_site()),
        |new| new.value.clone(),
    );
    let others = options.args.iter().map(|of| of.ty.to_token_stream());
    let arguments = fields.iter().filter_map(|field| {
        let ty = &field.syntax.ty;
        match field.made {
            // The error at the struct already says that this type does not exist.
            Made::Argument { .. } if model.holds_dyn() => Some(quote!(impl ::core::marker::Sized)),
            Made::Argument { into: false } => Some(ty.to_token_stream()),
            Made::Argument { into: true } => Some(quote!(impl ::core::convert::Into<#ty>)),
            Made::Init(_) if field.is_given() => Some(quote!(::core::option::Option<#ty>)),
            Made::Default { .. } | Made::Init(_) => None,
        }
    });
    let arguments = others.chain(arguments);
    quote! {
        #vis fn #name(#(_: #arguments),*) -> #krate::New<
            Self,
            impl ::core::future::Future<Output = ::core::result::Result<Self, #krate::BoxError>> + ::core::marker::Send,
        > {
            <Self as #krate::AObject>::start(())
        }
    }
}

/// Uses `'static` for the lifetimes of a struct, because an object must not have any.
fn outlive(tokens: TokenStream, lifetimes: &[&Lifetime]) -> TokenStream {
    let mut quoted = false;
    let outlived = tokens.into_iter().map(|token| match token {
        TokenTree::Group(group) => {
            let mut outlived = Group::new(group.delimiter(), outlive(group.stream(), lifetimes));
            outlived.set_span(group.span());
            TokenTree::Group(outlived)
        }
        TokenTree::Ident(ident) if quoted && lifetimes.iter().any(|of| of.ident == ident) => {
            quoted = false;
            TokenTree::Ident(Ident::new("static", ident.span()))
        }
        other => {
            quoted = matches!(&other, TokenTree::Punct(quote) if quote.as_char() == '\'');
            other
        }
    });
    outlived.collect()
}

#[cfg(test)]
mod tests;
