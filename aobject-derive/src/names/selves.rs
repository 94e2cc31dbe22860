//! `self` in an expression, where none exists.

use proc_macro2::{Ident, TokenStream, TokenTree};

use super::{is, starts};

/// Each `self` that is not part of a path, with the name after its dot. Returns false if there are functions,
/// which may have their own.
pub(super) fn collect(code: TokenStream, found: &mut Vec<(Ident, Option<Ident>)>) -> bool {
    let tokens: Vec<TokenTree> = code.into_iter().collect();
    tokens.iter().enumerate().all(|(at, token)| match token {
        TokenTree::Ident(word) if word == "fn" => false,
        TokenTree::Ident(word) if word == "self" && !starts(&tokens[at + 1..], "::") => {
            found.push((word.clone(), behind_dot(&tokens[at + 1..])));
            true
        }
        TokenTree::Group(group) => collect(group.stream(), found),
        _ => true,
    })
}

fn behind_dot(rest: &[TokenTree]) -> Option<Ident> {
    match rest {
        [dot, TokenTree::Ident(field), ..] if is(dot, '.') => Some(field.clone()),
        _ => None,
    }
}
