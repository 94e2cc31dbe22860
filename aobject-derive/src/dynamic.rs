//! `Live<dyn Trait>`, which is no type: rustc says so of the struct, and would of each piece of code with that field.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};

use crate::model::object::Object;

impl Object<'_> {
    /// Whether a field has such a type.
    pub(crate) fn holds_dyn(&self) -> bool {
        self.dyns().next().is_some()
    }

    /// A constant of each such type. Rustc says of it what it says of the struct, at the same place, and shows that
    /// once. If the type is another one of that name, the constant keeps the stub from being taken for the code.
    pub(crate) fn dyn_constants(&self) -> TokenStream {
        let krate = self.options.krate().into_token_stream();
        self.dyns().map(|ty| constant(&krate, &ty)).collect()
    }

    fn dyns(&self) -> impl Iterator<Item = Vec<TokenTree>> {
        let types = self.fields.iter().map(|field| &field.syntax.ty);
        types.filter_map(|ty| find(ty.to_token_stream()))
    }
}

/// Everything in it stands between the first and the last token of the type, which is what rustc underlines.
fn constant(krate: &TokenStream, ty: &[TokenTree]) -> TokenStream {
    let (Some(first), Some(last)) = (ty.first(), ty.last()) else {
        return TokenStream::new();
    };
    let (first, last) = (first.span(), last.span());
    let krate: TokenStream = krate
        .clone()
        .into_iter()
        .map(|token| located(token, first))
        .collect();
    let call = Group::new(Delimiter::Parenthesis, TokenStream::new());
    let call = located(call.into(), last);
    let ty: TokenStream = ty.iter().cloned().collect();
    quote_spanned!(first=> const _: #ty = #krate::__private::no_stub #call;)
}

fn located(mut token: TokenTree, at: Span) -> TokenTree {
    token.set_span(at);
    token
}

/// The path of the first `Live<dyn …>`, or another of our types, up to its `>`.
fn find(ty: TokenStream) -> Option<Vec<TokenTree>> {
    let tokens: Vec<TokenTree> = ty.into_iter().collect();
    let inner = tokens.iter().find_map(|token| match token {
        TokenTree::Group(group) => find(group.stream()),
        _ => None,
    });
    inner.or_else(|| {
        let name = (0..tokens.len()).find(|at| is_of_dyn(&tokens[*at..]))?;
        let end = closing(&tokens[name + 1..])? + name + 1;
        let mut start = name;
        // `aobject::Live`
        while start >= 3
            && is(&tokens[start - 1], ':')
            && matches!(tokens[start - 3], TokenTree::Ident(_))
        {
            start -= 3;
        }
        Some(tokens[start..=end].to_vec())
    })
}

fn is_of_dyn(tokens: &[TokenTree]) -> bool {
    const OURS: [&str; 3] = ["Live", "Shared", "Weak"];
    match tokens {
        [TokenTree::Ident(name), open, TokenTree::Ident(word), ..] => {
            OURS.iter().any(|ours| name == ours) && is(open, '<') && word == "dyn"
        }
        _ => false,
    }
}

/// The position of the `>` that closes the first `<`.
fn closing(tokens: &[TokenTree]) -> Option<usize> {
    let mut open = 0_usize;
    tokens.iter().enumerate().position(|(at, token)| {
        // `->`
        let arrow = at > 0 && is(&tokens[at - 1], '-');
        open += usize::from(is(token, '<'));
        open -= usize::from(is(token, '>') && !arrow);
        open == 0
    })
}

fn is(token: &TokenTree, what: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == what)
}

#[cfg(test)]
mod tests;
