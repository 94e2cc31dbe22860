//! The trait with its supertrait, and the impl that puts an object behind it.
//!
//! ```text
//! Input:   #[aobject::dynamic]
//!          trait Repository<Key>: Sync { type Row; … }
//! Output:  trait Repository<Key>: Sync + ::aobject::dynamic::DynAObject { type Row; … }
//!          impl<Key, Row, T> ::aobject::dynamic::Unsize<T> for dyn Repository<Key, Row = Row>
//!          where
//!              Key: 'static,
//!              Row: 'static,
//!              T: ::aobject::AObject + Repository<Key, Row = Row>,
//!          {
//!              fn unsize(object: Box<T>) -> Box<Self> {
//!                  object
//!              }
//!          }
//! ```

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{GenericParam, Generics, Lifetime, parse_quote};

use crate::model::interface::{Interface, finds, is, own_type};

pub(crate) fn expand(model: &Interface<'_>) -> TokenStream {
    let mut item = model.item.clone();
    let krate = model.krate();
    item.supertraits
        .push(parse_quote!(#krate::dynamic::DynAObject));
    let unsize = unsize(model);
    quote!(#item #unsize)
}

fn unsize(model: &Interface<'_>) -> TokenStream {
    let (krate, name) = (model.krate(), &model.item.ident);
    let object = Ident::new("__T", Span::mixed_site());
    let mut generics = model.item.generics.clone();
    generics.where_clause = None;
    let mut arguments: Vec<_> = generics.params.iter().map(argument).collect();
    let forever = Lifetime::new("'static", Span::call_site());
    let mut predicates: Vec<TokenStream> = generics
        .params
        .iter()
        .filter(|param| !matches!(param, GenericParam::Const(_)))
        .map(argument)
        .map(|param| quote!(#param: #forever))
        .collect();
    for ty in model.types() {
        let (own, param) = (&ty.ident, type_param(&ty.ident));
        arguments.push(quote!(#own = #param));
        predicates.push(quote!(#param: #forever));
        let bounds = ty.bounds.iter().map(|bound| without_self(model, bound));
        predicates.extend(bounds.flatten().map(|bound| quote!(#param: #bound)));
        generics.params.push(parse_quote!(#param));
    }
    predicates.extend(
        model
            .predicates()
            .filter_map(|one| without_self(model, one)),
    );
    generics.params.push(parse_quote!(#object));
    let arguments = (!arguments.is_empty()).then(|| quote!(<#(#arguments),*>));
    let (parameters, ..) = Generics::split_for_impl(&generics);
    // Rustc reports there that the trait is not `Sync`.
    let at = Span::mixed_site().located_at(name.span());
    let of = quote_spanned!(at=> dyn #name #arguments);
    quote! {
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl #parameters #krate::dynamic::Unsize<#object> for #of
        where
            #(#predicates,)*
            #object: #krate::AObject + #name #arguments,
        {
            fn unsize(object: ::std::boxed::Box<#object>) -> ::std::boxed::Box<Self> {
                object
            }
        }
    }
}

fn argument(param: &GenericParam) -> TokenStream {
    match param {
        GenericParam::Lifetime(param) => param.lifetime.to_token_stream(),
        GenericParam::Type(param) => param.ident.to_token_stream(),
        GenericParam::Const(param) => param.ident.to_token_stream(),
    }
}

/// The parameter that represents an associated type of the trait.
fn type_param(name: &Ident) -> Ident {
    format_ident!("__{}", name, span = Span::mixed_site())
}

/// Replaces the trait's own types with the parameters. Returns `None` if `Self` is mentioned otherwise: there,
/// `Self` is the trait object, which has everything that the trait requires.
fn without_self(model: &Interface<'_>, bound: &impl ToTokens) -> Option<TokenStream> {
    let types: Vec<_> = model.types().map(|ty| &ty.ident).collect();
    let bound = replace(bound.to_token_stream(), &types);
    let names_self = finds(bound.clone(), &|at| is(at.first(), "Self"));
    (!names_self).then_some(bound)
}

fn replace(tokens: TokenStream, types: &[&Ident]) -> TokenStream {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut replaced = TokenStream::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let (one, length) = match (own_type(&tokens[at..]), token) {
            (Some(name), _) if types.contains(&name) => (type_param(name).into(), 4),
            (_, TokenTree::Group(group)) => {
                let stream = replace(group.stream(), types);
                let group = proc_macro2::Group::new(group.delimiter(), stream);
                (group.into(), 1)
            }
            (_, token) => (token.clone(), 1),
        };
        replaced.extend([one]);
        at += length;
    }
    replaced
}

#[cfg(test)]
#[expect(
    clippy::needless_raw_string_hashes,
    reason = "`expect-test` writes them"
)]
mod tests;
