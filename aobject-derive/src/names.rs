//! Which fields an expression names, by its tokens alone.
//!
//! A bare identifier that is a field's name refers to that field, wherever a local of that name would be meant, and
//! so does an inline capture in a string literal. Types, scopes and macros are not known here; that is why a local
//! with the name of a field has to be renamed.

mod captures;

use std::collections::{HashMap, HashSet};

use proc_macro2::{Delimiter, Ident, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Lit;

use crate::model::object::Use;

/// The names of all fields, as other fields' expressions call them.
pub(crate) struct Names<'a> {
    idents: Vec<&'a Ident>,
    by_text: HashMap<String, usize>,
}

impl<'a> Names<'a> {
    pub(crate) fn new(idents: impl IntoIterator<Item = &'a Ident>) -> Self {
        let idents: Vec<_> = idents.into_iter().collect();
        let by_text = idents
            .iter()
            .enumerate()
            .map(|(field, ident)| (plain(ident), field))
            .collect();
        Self { idents, by_text }
    }

    /// The field that `ident` names.
    pub(crate) fn find(&self, ident: &Ident) -> Option<usize> {
        self.by_text.get(&plain(ident)).copied()
    }

    /// The names of all fields but one.
    pub(crate) fn others(&self, own: usize) -> Vec<String> {
        self.idents
            .iter()
            .enumerate()
            .filter(|(field, _)| *field != own)
            .map(|(_, ident)| plain(ident))
            .collect()
    }

    /// The fields that `code` names, `own` left out, in order of appearance. A field that is named more than once
    /// is given once, or twice where it is named both in code and in a string: the two may differ in hygiene.
    pub(crate) fn uses(&self, code: impl ToTokens, own: Option<usize>) -> Vec<Use> {
        let mut found = Found {
            names: self,
            own,
            seen: HashSet::new(),
            uses: Vec::new(),
        };
        found.walk(code.to_token_stream(), false);
        found.uses
    }
}

/// How a name is compared: `r#name` and `name` are the same one, but `r#type` and the keyword `type` are not.
fn plain(ident: &Ident) -> String {
    let text = ident.to_string();
    match text.strip_prefix("r#") {
        Some(name) if syn::parse_str::<Ident>(name).is_ok() => name.to_owned(),
        _ => text,
    }
}

struct Found<'a> {
    names: &'a Names<'a>,
    own: Option<usize>,
    /// Field, and whether it was named in a string.
    seen: HashSet<(usize, bool)>,
    uses: Vec<Use>,
}

impl Found<'_> {
    fn walk(&mut self, tokens: TokenStream, in_struct_literal: bool) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (at, token) in tokens.iter().enumerate() {
            let (before, after) = (&tokens[..at], &tokens[at + 1..]);
            match token {
                TokenTree::Group(group) => {
                    self.walk(
                        group.stream(),
                        group.delimiter() == Delimiter::Brace && ends_type(before),
                    );
                }
                TokenTree::Ident(_) if in_struct_literal && is_key(before, after) => {}
                TokenTree::Ident(ident) if is_value(before, after) => {
                    if let Some(field) = self.names.find(ident) {
                        self.add(field, ident.clone(), false);
                    }
                }
                TokenTree::Literal(literal) => {
                    if let Lit::Str(text) = Lit::new(literal.clone()) {
                        self.string(&text);
                    }
                }
                _ => {}
            }
        }
    }

    fn string(&mut self, text: &syn::LitStr) {
        for name in captures::captures(&text.value()) {
            let by_text = &self.names.by_text;
            if let Some(&field) = by_text
                .get(name.as_str())
                .or_else(|| by_text.get(&format!("r#{name}")))
            {
                let mut ident = self.names.idents[field].clone();
                ident.set_span(text.span());
                self.add(field, ident, true);
            }
        }
    }

    fn add(&mut self, field: usize, ident: Ident, in_string: bool) {
        if self.own != Some(field) && self.seen.insert((field, in_string)) {
            self.uses.push(Use { field, ident });
        }
    }
}

/// Whether an identifier between these tokens stands where a local can: no field, method, path, label or macro.
fn is_value(before: &[TokenTree], after: &[TokenTree]) -> bool {
    let selected = ends(before, ".") && !ends(before, "..");
    let label = ends(before, "'");
    let path = ends(before, "::") || starts(after, "::");
    let macro_name = matches!(after, [bang, TokenTree::Group(_), ..] if is(bang, '!'));
    !(selected || label || path || macro_name)
}

/// Whether a brace group after these tokens is that of a struct literal: `Type { … }`, `Type::<T> { … }`.
fn ends_type(before: &[TokenTree]) -> bool {
    match before.last() {
        Some(TokenTree::Ident(_)) => true,
        // A type that came into a macro as `$t:ty` or `$p:path`.
        Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::None,
        _ => ends(before, ">"),
    }
}

/// Whether an identifier in a struct literal is a key: `key: …`, first or after a comma, `#[…]` in front of it or not.
fn is_key(before: &[TokenTree], after: &[TokenTree]) -> bool {
    let first = match before {
        [rest @ .., hash, TokenTree::Group(_)] if is(hash, '#') => rest,
        all => all,
    };
    (first.is_empty() || ends(first, ",")) && starts(after, ":") && !starts(after, "::")
}

fn is(token: &TokenTree, what: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == what)
}

/// Whether the tokens begin with this operator.
fn starts(tokens: &[TokenTree], operator: &str) -> bool {
    operator.len() <= tokens.len()
        && operator
            .chars()
            .zip(tokens)
            .all(|(what, token)| is(token, what))
        && tokens[..operator.len() - 1].iter().all(joint)
}

/// Whether the tokens end with this operator.
fn ends(tokens: &[TokenTree], operator: &str) -> bool {
    tokens
        .len()
        .checked_sub(operator.len())
        .is_some_and(|from| starts(&tokens[from..], operator))
}

fn joint(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.spacing() == Spacing::Joint)
}

#[cfg(test)]
mod tests;
