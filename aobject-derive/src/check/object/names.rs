//! Names that an expression cannot see.

use syn::Expr;

use crate::diag::Diag;
use crate::model::object::{Field, Made, Object};
use crate::names::Names;
use crate::words;

pub(super) fn check(model: &Object<'_>, names: &Names<'_>, diag: &mut Diag) {
    for (own, field) in model.fields.iter().enumerate() {
        if let Some((word, expr)) = made_by(field) {
            check_self(word, expr, own, model, names, diag);
            check_own(word, expr, own, names, diag);
        }
        if let Some(close) = &field.close {
            check_self(words::CLOSE, &close.value, own, model, names, diag);
            check_close(&close.value, own, field, names, diag);
        }
    }
}

/// How a field is made.
fn made_by<'a>(field: &'a Field<'_>) -> Option<(&'static str, &'a Expr)> {
    match &field.made {
        Made::Argument { .. } => None,
        Made::Default { expr, .. } => Some((words::DEFAULT, expr.as_ref()?)),
        Made::Init(init) => Some((words::INIT, &init.expr)),
    }
}

/// Rustc would report it about a function that the user has not written.
fn check_self(
    word: &'static str,
    expr: &Expr,
    own: usize,
    model: &Object<'_>,
    names: &Names<'_>,
    diag: &mut Diag,
) {
    let closes = word == words::CLOSE;
    let name = |field: usize| &model.fields[field].name;
    for (at, field) in names.selves(expr) {
        let message = match field {
            Some(field) if field == own && !closes => words::made_of_itself(word, name(own)),
            Some(field) if field != own && closes => {
                words::close_names_another(name(field), name(own))
            }
            None if closes => words::no_self(word, Some(name(own))),
            field => words::no_self(word, field.map(name)),
        };
        diag.error(at.span(), message);
    }
}

/// A field does not exist before it is made.
fn check_own(word: &str, expr: &Expr, own: usize, names: &Names<'_>, diag: &mut Diag) {
    for of in names.strangers(expr, None) {
        if of.field == own {
            let message = words::made_of_itself(word, &of.ident) + &words::rename(&of.ident);
            diag.error(of.ident.span(), message);
        }
    }
}

/// When a field is closed, other fields may be closed already.
fn check_close(expr: &Expr, own: usize, field: &Field<'_>, names: &Names<'_>, diag: &mut Diag) {
    for of in names.strangers(expr, Some(own)) {
        let message =
            words::close_names_another(&of.ident, &field.name) + &words::rename(&of.ident);
        diag.error(of.ident.span(), message);
    }
}
