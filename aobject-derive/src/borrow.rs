//! Borrows in a type: a lifetime that is not `'static`, or a reference without a lifetime.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Type;

/// The place where a type borrows.
pub(crate) struct Borrow {
    pub(crate) at: Span,
    /// `'a`, or `None` for `&T`.
    pub(crate) lifetime: Option<String>,
}

/// The first place where `ty` borrows.
pub(crate) fn borrowed(ty: &Type) -> Option<Borrow> {
    Search {
        bound: Vec::new(),
        elided: false,
    }
    .find(ty.to_token_stream())
}

struct Search {
    /// The lifetimes of `for<'a>`.
    bound: Vec<String>,
    /// Within or after the inputs of a function, `Fn(&T) -> &U`, where a reference may omit its lifetime.
    elided: bool,
}

impl Search {
    fn find(&mut self, tokens: TokenStream) -> Option<Borrow> {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (at, token) in tokens.iter().enumerate() {
            let before = &tokens[..at];
            let next = tokens.get(at + 1);
            let found = match token {
                TokenTree::Punct(punct) => match (punct.as_char(), next) {
                    // The length of an array is an expression.
                    (';', _) => return None,
                    ('&', _) => self.reference(punct.span(), next),
                    ('\'', Some(name)) => self.lifetime(punct.span(), &format!("'{name}"), before),
                    _ => None,
                },
                TokenTree::Group(group) => self.group(group, before.last()),
                TokenTree::Ident(_) | TokenTree::Literal(_) => None,
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn reference(&self, at: Span, next: Option<&TokenTree>) -> Option<Borrow> {
        (!self.elided && !is(next, '\'')).then_some(Borrow { at, lifetime: None })
    }

    fn lifetime(&mut self, at: Span, name: &str, before: &[TokenTree]) -> Option<Borrow> {
        if in_for(before) {
            self.bound.push(name.to_owned());
        }
        let owned = name == "'static" || self.bound.iter().any(|bound| bound == name);
        (!owned).then(|| Borrow {
            at,
            lifetime: Some(name.to_owned()),
        })
    }

    fn group(&mut self, group: &Group, before: Option<&TokenTree>) -> Option<Borrow> {
        // A const argument or the input of a macro, not a type.
        if group.delimiter() == Delimiter::Brace || is(before, '!') {
            return None;
        }
        // `Fn(…)`, `fn(…)`
        self.elided |= group.delimiter() == Delimiter::Parenthesis
            && matches!(before, Some(TokenTree::Ident(_)));
        self.find(group.stream())
    }
}

/// Whether the last `<` of these tokens is open and belongs to `for<`.
fn in_for(before: &[TokenTree]) -> bool {
    let bracket = before
        .iter()
        .rposition(|token| is(Some(token), '<') || is(Some(token), '>'));
    bracket.is_some_and(|at| {
        is(before.get(at), '<')
            && matches!(&before[..at], [.., TokenTree::Ident(word)] if word == "for")
    })
}

fn is(token: Option<&TokenTree>, what: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == what)
}

#[cfg(test)]
mod tests;
