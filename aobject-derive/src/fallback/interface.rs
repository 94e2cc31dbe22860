//! The trait, changed so that it is usable behind `dyn`: methods that cannot be called there are excluded.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Error, Item, ItemTrait, TraitItem, parse_quote};

use crate::expand::interface::expand;
use crate::model::interface::{Interface, is_of_sized};
use crate::words;

pub(crate) fn fallback(model: &Interface<'_>) -> TokenStream {
    let item = &mended(model);
    let is_constant = |item: &TraitItem| matches!(item, TraitItem::Const(_));
    if item.items.iter().any(is_constant) {
        return quote!(#item);
    }
    expand(&Interface {
        item,
        krate: model.krate.clone(),
    })
}

fn mended(model: &Interface<'_>) -> ItemTrait {
    let mut mended = model.item.clone();
    let supertraits = mended.supertraits.into_iter();
    mended.supertraits = supertraits.filter(|bound| !is_of_sized(bound)).collect();
    if let Some(clause) = &mut mended.generics.where_clause {
        clause.predicates = model.predicates().cloned().collect();
    }
    for item in &mut mended.items {
        match item {
            TraitItem::Fn(method) if model.hindrance(&method.sig).is_some() => {
                let clause = method.sig.generics.make_where_clause();
                clause.predicates.push(parse_quote!(Self: Sized));
                method.attrs.push(parse_quote!(#[allow(async_fn_in_trait)]));
            }
            TraitItem::Type(ty) if !ty.generics.params.is_empty() => {
                let clause = ty.generics.make_where_clause();
                clause.predicates.push(parse_quote!(Self: Sized));
            }
            _ => {}
        }
    }
    mended
}

/// An item that is not a trait is emitted unchanged.
pub(crate) fn other_item(item: &Item) -> TokenStream {
    let kind = match item {
        Item::Struct(_) => "a struct",
        Item::Enum(_) => "an enum",
        Item::Fn(_) => "a function",
        Item::Impl(_) => "an implementation",
        _ => "this",
    };
    let error = Error::new(Span::call_site(), words::not_a_trait(kind)).into_compile_error();
    quote!(#error #item)
}
