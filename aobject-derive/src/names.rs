//! Finds the fields that an expression names, by its tokens alone.
//!
//! A bare identifier that is a field's name refers to that field wherever it could be a local, and so does an
//! inline capture in a string literal. Types, scopes and macros are unknown here, so a local with the name of a
//! field has to be renamed.

mod bindings;
mod captures;
mod selves;

use std::collections::{HashMap, HashSet};

use proc_macro2::{Delimiter, Ident, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Lit, LitStr};

use crate::model::object::Use;

/// The names of all fields, as expressions of other fields mention them.
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

    /// The fields that `code` names, except `own`, in order of appearance. A field that is named more than once is
    /// returned once, or twice if it is named both in code and in a string, because the two may differ in hygiene.
    pub(crate) fn uses(&self, code: impl ToTokens, own: Option<usize>) -> Vec<Use> {
        let mut seen = HashSet::new();
        let mut uses = Vec::new();
        walk(code.to_token_stream(), false, &mut |mention| {
            for of in self.resolve(mention) {
                if own != Some(of.field) && seen.insert((of.field, mention.is_text())) {
                    uses.push(of);
                }
            }
        });
        uses
    }

    /// The fields that `code` names although it cannot see them, except `own`: each bare name that is not a call
    /// and that no pattern in `code` binds. A name that may be a local or a function is left to rustc.
    pub(crate) fn strangers(&self, code: impl ToTokens, own: Option<usize>) -> Vec<Use> {
        let code = code.to_token_stream();
        let mut found: Vec<Use> = Vec::new();
        walk(code.clone(), false, &mut |mention| {
            if let Mention::Value { called: false, .. } = mention {
                found.extend(self.resolve(mention));
            }
        });
        let bound = bindings::bindings(code);
        found.retain(|of| own != Some(of.field) && !bound.contains(&plain(&of.ident)));
        found.dedup_by_key(|of| of.field);
        found
    }

    /// Each `self` in `code` that is a value, with the field after its dot. Empty if `code` may have its own
    /// `self`.
    pub(crate) fn selves(&self, code: impl ToTokens) -> Vec<(Ident, Option<usize>)> {
        let mut found = Vec::new();
        if !selves::collect(code.to_token_stream(), &mut found) {
            found.clear();
        }
        let resolve =
            |(of, field): (Ident, Option<Ident>)| (of, field.and_then(|field| self.find(&field)));
        found.into_iter().map(resolve).collect()
    }

    fn resolve(&self, mention: Mention<'_>) -> Vec<Use> {
        match mention {
            Mention::Value { ident, .. } => {
                let of = |field| Use {
                    field,
                    ident: ident.clone(),
                };
                self.find(ident).map(of).into_iter().collect()
            }
            Mention::Text(text) => self.captured(text),
        }
    }

    fn captured(&self, text: &LitStr) -> Vec<Use> {
        let find = |name: &String| {
            let raw = || self.by_text.get(&format!("r#{name}"));
            self.by_text.get(name).or_else(raw).copied()
        };
        let names = captures::captures(&text.value());
        let fields = names.iter().filter_map(find);
        fields
            .map(|field| {
                let mut ident = self.idents[field].clone();
                ident.set_span(text.span());
                Use { field, ident }
            })
            .collect()
    }
}

/// The form in which names are compared. `r#name` equals `name`, but `r#type` does not equal the keyword `type`.
fn plain(ident: &Ident) -> String {
    let text = ident.to_string();
    match text.strip_prefix("r#") {
        Some(name) if syn::parse_str::<Ident>(name).is_ok() => name.to_owned(),
        _ => text,
    }
}

/// A token that may name a field.
#[derive(Clone, Copy)]
enum Mention<'a> {
    /// An identifier in a position where a local could be, and whether it is called.
    Value { ident: &'a Ident, called: bool },
    /// A string, for its inline captures.
    Text(&'a LitStr),
}

impl Mention<'_> {
    fn is_text(self) -> bool {
        matches!(self, Mention::Text(_))
    }
}

fn walk(tokens: TokenStream, in_struct_literal: bool, visit: &mut impl FnMut(Mention<'_>)) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        let (before, after) = (&tokens[..at], &tokens[at + 1..]);
        match token {
            TokenTree::Group(group) => {
                let braces = group.delimiter() == Delimiter::Brace;
                walk(group.stream(), braces && ends_type(before), visit);
            }
            TokenTree::Ident(_) if in_struct_literal && is_key(before, after) => {}
            TokenTree::Ident(ident) if is_value(before, after) => visit(Mention::Value {
                ident,
                called: is_callee(after),
            }),
            TokenTree::Literal(literal) => {
                if let Lit::Str(text) = Lit::new(literal.clone()) {
                    visit(Mention::Text(&text));
                }
            }
            _ => {}
        }
    }
}

fn is_callee(after: &[TokenTree]) -> bool {
    matches!(after, [TokenTree::Group(group), ..] if group.delimiter() == Delimiter::Parenthesis)
}

/// Whether an identifier between these tokens could be a local: not a field, method, path, label or macro.
fn is_value(before: &[TokenTree], after: &[TokenTree]) -> bool {
    let selected = ends(before, ".") && !ends(before, "..");
    let label = ends(before, "'");
    let path = ends(before, "::") || starts(after, "::");
    let macro_name = matches!(after, [bang, TokenTree::Group(_), ..] if is(bang, '!'));
    !(selected || label || path || macro_name)
}

/// Whether a brace group after these tokens belongs to a struct literal: `Type { … }`, `Type::<T> { … }`.
fn ends_type(before: &[TokenTree]) -> bool {
    match before.last() {
        Some(TokenTree::Ident(_)) => true,
        // A type that entered a macro as `$t:ty` or `$p:path`.
        Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::None,
        _ => ends(before, ">"),
    }
}

/// Whether an identifier in a struct literal is a key: `key: …`, first or after a comma, with or without `#[…]`.
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
