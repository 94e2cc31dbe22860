//! The names that an expression may bind, judged by its tokens alone. In doubt, a name counts as bound.

use std::collections::HashSet;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::{is, plain};

/// The names in patterns, in items, and in the input of arbitrary macros.
pub(super) fn bindings(code: TokenStream) -> HashSet<String> {
    let mut found = HashSet::new();
    collect(code, &mut found);
    found
}

fn collect(code: TokenStream, found: &mut HashSet<String>) {
    let tokens: Vec<TokenTree> = code.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        let rest = &tokens[at + 1..];
        match token {
            TokenTree::Ident(word) if opens_pattern(&word.to_string()) => {
                all_of(until(rest, ends_pattern), found);
            }
            TokenTree::Punct(punct) if punct.as_char() == '|' => {
                if let Some(end) = rest.iter().position(|token| is(token, '|')) {
                    all_of(&rest[..end], found);
                }
            }
            TokenTree::Punct(_)
                if is(token, '=') && rest.first().is_some_and(|next| is(next, '>')) =>
            {
                all_of(arm(&tokens[..at]), found);
            }
            TokenTree::Group(group) if is_strange_macro(&tokens[..at]) => {
                all_of(&Vec::from_iter(group.stream()), found);
            }
            TokenTree::Group(group) => collect(group.stream(), found),
            _ => {}
        }
    }
}

/// Keywords that are followed by a pattern, or by the name of an item and perhaps its parameters.
fn opens_pattern(word: &str) -> bool {
    ["let", "for", "fn", "const", "static", "use", "mod"].contains(&word)
}

fn ends_pattern(token: &TokenTree) -> bool {
    match token {
        TokenTree::Punct(punct) => matches!(punct.as_char(), '=' | ';'),
        TokenTree::Ident(word) => word == "in",
        // The body of an item.
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Literal(_) => false,
    }
}

/// Everything up to the first end token, which may contain names itself: `let Config { url } = …`.
fn until(tokens: &[TokenTree], end: impl Fn(&TokenTree) -> bool) -> &[TokenTree] {
    let end = tokens.iter().position(end);
    end.map_or(tokens, |end| &tokens[..=end])
}

/// The pattern of an arm, before its `=>`: everything after the previous arm.
fn arm(before: &[TokenTree]) -> &[TokenTree] {
    let start = before.iter().rposition(|token| is(token, ','));
    start.map_or(before, |start| &before[start + 1..])
}

/// Whether a group after these tokens is the input of a macro that may bind names in it.
fn is_strange_macro(before: &[TokenTree]) -> bool {
    const VALUES: &[&str] = &[
        "assert",
        "assert_eq",
        "assert_ne",
        "dbg",
        "debug",
        "eprint",
        "eprintln",
        "error",
        "format",
        "info",
        "panic",
        "print",
        "println",
        "trace",
        "vec",
        "warn",
        "write",
        "writeln",
    ];
    match before {
        [.., TokenTree::Ident(name), bang] if is(bang, '!') => {
            !VALUES.contains(&name.to_string().as_str())
        }
        _ => false,
    }
}

fn all_of(tokens: &[TokenTree], found: &mut HashSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => _ = found.insert(plain(ident)),
            TokenTree::Group(group) => all_of(&Vec::from_iter(group.stream()), found),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

#[cfg(test)]
mod tests;
