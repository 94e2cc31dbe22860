//! Emits one error if a field's type is not `Send`, or if the type of an `optional` field is not an `Option`,
//! instead of one error for each piece of generated code.
//!
//! ```text
//! Output:  const __GUARD: usize = { let _ = field_type::<Rc<u8>>; 0 };
//!          impl AObject for App where [(); __GUARD]: { … }
//! ```
//!
//! If the constant does not compile, rustc reports it once, and reports nothing about items with the clause. The
//! clause is added only for types that look as if they were not `Send`: documentation shows the clause, and a type
//! that contains its own struct, in a `Live`, would make the constant depend on itself.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Generics, Type, Visibility, WhereClause, parse_quote};

use super::self_type::written_out;
use crate::model::object::{Made, Object};

/// The constant.
pub(super) fn guard(model: &Object<'_>) -> Option<TokenStream> {
    is_guarded(model).then(|| {
        let checks = types(model).map(|ty| {
            let written = written_out(model, ty);
            quote_spanned!(ty.span()=> let _ = __aobject::field_type::<#written>;)
        });
        let optional = optional(model).map(|ty| {
            let written = written_out(model, ty);
            quote_spanned!(ty.span()=> let _ = __aobject::optional_field::<#written>;)
        });
        quote!(const __GUARD: usize = { #(#checks)* #(#optional)* 0 };)
    })
}

/// The struct's own clause, and the clause on the constant.
pub(super) fn where_clause(model: &Object<'_>) -> Option<WhereClause> {
    let mut generics = model.input.generics.clone();
    if is_guarded(model) {
        let clause = generics.make_where_clause();
        clause.predicates.push(parse_quote!([(); __GUARD]:));
    }
    generics.where_clause
}

fn is_guarded(model: &Object<'_>) -> bool {
    types(model).next().is_some() || optional(model).next().is_some()
}

/// The types of `optional` fields that are not spelled as an `Option` but may be an alias of one.
fn optional<'a>(model: &'a Object<'_>) -> impl Iterator<Item = &'a Type> {
    let fields = model
        .fields
        .iter()
        .filter(|field| matches!(&field.made, Made::Init(init) if init.optional));
    let types = fields.map(|field| &field.syntax.ty);
    types.filter(|ty| {
        let is_option = matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|of| of.ident == "Option"));
        !is_option && !is_generic(ty.to_token_stream(), &model.input.generics)
    })
}

/// The types that do not look `Send`, except those that depend on a parameter, because a constant has none.
fn types<'a>(model: &'a Object<'_>) -> impl Iterator<Item = &'a Type> {
    let generics = &model.input.generics;
    let is_public = matches!(model.input.vis, Visibility::Public(_));
    let types = model.fields.iter().map(|field| &field.syntax.ty);
    let kept = model.kept_arguments().map(|of| &of.ty);
    types.chain(kept).filter(move |ty| {
        looks_local(ty.to_token_stream(), is_public) && !is_generic(ty.to_token_stream(), generics)
    })
}

fn is_generic(ty: TokenStream, generics: &Generics) -> bool {
    let names = || {
        let types = generics.type_params().map(|of| &of.ident);
        types.chain(generics.const_params().map(|of| &of.ident))
    };
    ty.into_iter().any(|token| match token {
        TokenTree::Ident(word) => {
            names().any(|name| *name == word) || word == "Self" && names().next().is_some()
        }
        TokenTree::Group(group) => is_generic(group.stream(), generics),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// Whether a type is spelled like a type of the standard library or of tokio that must stay on its thread. A trait
/// object of another trait may be `Send` through that trait. It is checked where no documentation shows the
/// clause.
fn looks_local(ty: TokenStream, is_public: bool) -> bool {
    const LOCAL: &str =
        "LocalSet MutexGuard NonNull Rc Ref RefMut RwLockReadGuard RwLockWriteGuard";
    const LOCAL_TRAITS: &str = "Any Error Fn FnMut FnOnce Future";
    let tokens: Vec<TokenTree> = ty.into_iter().collect();
    let has = |names: &str| {
        let has = |name| tokens.iter().any(|token| is_word(token, name));
        names.split(' ').any(has)
    };
    has("dyn") && !has("Send") && (!is_public || has(LOCAL_TRAITS))
        || has(LOCAL)
        || tokens.windows(2).any(|pair| is_pointer(&pair[0], &pair[1]))
        || tokens.into_iter().any(|token| match token {
            TokenTree::Group(group) => looks_local(group.stream(), is_public),
            _ => false,
        })
}

/// `*const T`, `*mut T`
fn is_pointer(star: &TokenTree, word: &TokenTree) -> bool {
    matches!(star, TokenTree::Punct(punct) if punct.as_char() == '*')
        && (is_word(word, "const") || is_word(word, "mut"))
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

#[cfg(test)]
mod tests;
