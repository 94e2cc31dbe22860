//! The model of a trait whose objects are chosen at run time.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Attribute, Ident, ItemTrait, Path, Signature, TraitItem, TraitItemType, TypeParamBound,
    WhereClause, WherePredicate, parse_quote,
};

/// One trait and the options of the macro on it.
pub(crate) struct Interface<'a> {
    pub(crate) item: &'a ItemTrait,
    pub(crate) krate: Option<Path>,
}

/// Reasons why a trait cannot be used behind `dyn`.
pub(crate) enum Hindrance<'a> {
    Async(&'a Signature),
    Generic(&'a Signature),
    WithoutSelf(&'a Signature),
    NamesSelf(&'a Signature),
}

impl Interface<'_> {
    pub(crate) fn krate(&self) -> Path {
        self.krate
            .clone()
            .unwrap_or_else(|| parse_quote!(::aobject))
    }

    /// The types that a trait object has to specify: `Row` in `dyn Repository<Row = String>`.
    pub(crate) fn types(&self) -> impl Iterator<Item = &TraitItemType> {
        self.item.items.iter().filter_map(|item| match item {
            TraitItem::Type(ty) if !is_for_sized(ty.generics.where_clause.as_ref()) => Some(ty),
            _ => None,
        })
    }

    /// Why this method cannot be called behind `dyn`, if it is meant to be.
    pub(crate) fn hindrance<'a>(&self, method: &'a Signature) -> Option<Hindrance<'a>> {
        let generics = &method.generics;
        if is_for_sized(generics.where_clause.as_ref()) {
            return None;
        }
        let arguments = method.inputs.iter().filter_map(|input| match input {
            syn::FnArg::Typed(argument) => Some(argument.ty.to_token_stream()),
            syn::FnArg::Receiver(_) => None,
        });
        let types: TokenStream = arguments.chain([method.output.to_token_stream()]).collect();
        if method.asyncness.is_some() && !self.is_made_dyn() {
            Some(Hindrance::Async(method))
        } else if generics.type_params().next().is_some()
            || generics.const_params().next().is_some()
            || finds(types.clone(), &|at| is(at.first(), "impl"))
        {
            Some(Hindrance::Generic(method))
        } else if method.receiver().is_none() {
            Some(Hindrance::WithoutSelf(method))
        } else if finds(types, &|at| is(at.first(), "Self") && !is_path(at)) {
            Some(Hindrance::NamesSelf(method))
        } else {
            None
        }
    }

    /// Whether the crate async-trait has its attribute below ours.
    fn is_made_dyn(&self) -> bool {
        let is_async_trait = |attr: &Attribute| {
            let last = attr.path().segments.last();
            last.is_some_and(|last| last.ident == "async_trait")
        };
        self.item.attrs.iter().any(is_async_trait)
    }

    /// The predicates of the trait's `where` clause, except those of [`needs_a_size`](Self::needs_a_size).
    pub(crate) fn predicates(&self) -> impl Iterator<Item = &WherePredicate> {
        let clause = self.item.generics.where_clause.as_ref();
        let predicates = clause.into_iter().flat_map(|clause| &clause.predicates);
        predicates.filter(|predicate| !asks_for_size(predicate))
    }

    /// The supertraits that no trait object implements.
    pub(crate) fn needs_a_size(&self) -> impl Iterator<Item = &TypeParamBound> {
        self.item
            .supertraits
            .iter()
            .filter(|bound| is_of_sized(bound))
    }
}

/// Whether this supertrait requires a type of known size.
pub(crate) fn is_of_sized(bound: &TypeParamBound) -> bool {
    const NAMES: [&str; 9] = [
        "Sized",
        "Clone",
        "Copy",
        "Default",
        "PartialEq",
        "Eq",
        "PartialOrd",
        "Ord",
        "Hash",
    ];
    let TypeParamBound::Trait(bound) = bound else {
        return false;
    };
    let last = bound.path.segments.last();
    last.is_some_and(|last| {
        last.arguments.is_empty() && NAMES.iter().any(|name| last.ident == name)
    })
}

/// `where Self: Sized`
pub(crate) fn is_for_sized(clause: Option<&WhereClause>) -> bool {
    clause.is_some_and(|clause| clause.predicates.iter().any(asks_for_size))
}

pub(crate) fn asks_for_size(predicate: &WherePredicate) -> bool {
    let WherePredicate::Type(predicate) = predicate else {
        return false;
    };
    let text = predicate.bounded_ty.to_token_stream().to_string();
    text == "Self" && predicate.bounds.iter().any(is_of_sized)
}

/// Whether the condition holds at any position of the tokens, groups included.
pub(crate) fn finds(tokens: TokenStream, is_there: &dyn Fn(&[TokenTree]) -> bool) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    (0..tokens.len()).any(|at| match &tokens[at] {
        TokenTree::Group(group) => finds(group.stream(), is_there),
        _ => is_there(&tokens[at..]),
    })
}

pub(crate) fn is(token: Option<&TokenTree>, word: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(ident)) if ident == word)
}

/// Whether `::` follows the first token.
pub(crate) fn is_path(tokens: &[TokenTree]) -> bool {
    let is_colon =
        |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ':');
    tokens.len() > 2 && is_colon(&tokens[1]) && is_colon(&tokens[2])
}

/// The type that is named by `Self::TYPE` at the beginning.
pub(crate) fn own_type(tokens: &[TokenTree]) -> Option<&Ident> {
    match tokens.get(3) {
        Some(TokenTree::Ident(name)) if is(tokens.first(), "Self") && is_path(tokens) => Some(name),
        _ => None,
    }
}
