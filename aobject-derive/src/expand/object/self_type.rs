//! Replaces `Self` in the types of fields, for a generated struct.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};

use crate::model::object::Object;

/// The tokens of a type or of a where clause, with `Self` written out.
///
/// ```text
/// Input:   Option<Box<Self>>, [u8; Self::N]
/// Output:  Option<Box<App::<T>>>, [u8; App::<T>::N]
/// ```
pub(super) fn written_out(model: &Object<'_>, tokens: &impl ToTokens) -> TokenStream {
    let name = &model.input.ident;
    let (_, ty_generics, _) = model.input.generics.split_for_impl();
    let turbofish = ty_generics.as_turbofish();
    replace(tokens.to_token_stream(), &quote!(#name #turbofish))
}

fn replace(tokens: TokenStream, name: &TokenStream) -> TokenStream {
    let replaced = tokens.into_iter().map(|token| match token {
        TokenTree::Ident(ident) if ident == "Self" => name.clone(),
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), replace(group.stream(), name));
            inner.set_span(group.span());
            TokenTree::Group(inner).into()
        }
        other => other.into(),
    });
    replaced.collect()
}
