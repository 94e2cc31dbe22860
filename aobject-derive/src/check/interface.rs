//! Whether a trait can be used behind `dyn`. Rustc would report the same wherever the trait object is named.

use syn::{TraitItem, WherePredicate};

use crate::diag::Diag;
use crate::model::interface::{Hindrance, Interface, asks_for_size, is_for_sized};
use crate::words;

pub(crate) fn check(model: &Interface<'_>, diag: &mut Diag) {
    check_supertraits(model, diag);
    for item in &model.item.items {
        match item {
            TraitItem::Fn(method) => check_method(model.hindrance(&method.sig).as_ref(), diag),
            TraitItem::Const(constant) => {
                let name = constant.ident.to_string();
                let message = words::constant_in_dyn(&name, name.to_lowercase());
                diag.error(constant.ident.span(), message);
            }
            TraitItem::Type(ty)
                if !is_for_sized(ty.generics.where_clause.as_ref())
                    && !ty.generics.params.is_empty() =>
            {
                diag.error_on(&ty.generics, words::generic_type_in_dyn(&ty.ident));
            }
            _ => {}
        }
    }
}

fn check_supertraits(model: &Interface<'_>, diag: &mut Diag) {
    for bound in model.needs_a_size() {
        let name = quote::quote!(#bound).to_string().replace(' ', "");
        diag.error_on(bound, words::needs_a_size(name));
    }
    let clause = model.item.generics.where_clause.as_ref();
    for predicate in clause.into_iter().flat_map(|clause| &clause.predicates) {
        if let (true, WherePredicate::Type(own)) = (asks_for_size(predicate), predicate) {
            let bounds = &own.bounds;
            diag.error_on(
                bounds,
                words::needs_a_size(quote::quote!(#bounds).to_string()),
            );
        }
    }
}

fn check_method(hindrance: Option<&Hindrance<'_>>, diag: &mut Diag) {
    match hindrance {
        None => {}
        Some(Hindrance::Async(method)) => {
            diag.error_on(method.asyncness, words::async_in_dyn());
        }
        Some(Hindrance::Generic(method)) => {
            diag.error(method.ident.span(), words::generic_in_dyn(&method.ident));
        }
        Some(Hindrance::WithoutSelf(method)) => {
            diag.error(method.ident.span(), words::without_self(&method.ident));
        }
        Some(Hindrance::NamesSelf(method)) => {
            diag.error(method.ident.span(), words::names_self(&method.ident));
        }
    }
}

#[cfg(test)]
#[expect(
    clippy::needless_raw_string_hashes,
    reason = "`expect-test` writes them"
)]
mod tests;
