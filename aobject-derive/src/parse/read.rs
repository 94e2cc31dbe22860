//! Reads options in one pass: the `#[aobject(...)]` attributes of a field or of the struct, or `(...)` of a macro.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{Parse, ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, Error, Expr, Ident, LitStr, Meta, Path, Result, Token, parenthesized, token};

use crate::diag::Diag;
use crate::model::Keyed;
use crate::nearest::nearest;
use crate::words::{self, Place};

/// One option. Its keyword has been read, but not its value.
pub(super) struct Entry<'a> {
    /// One of the constants of `words.rs`.
    pub(super) word: &'static str,
    pub(super) key: Span,
    place: Place,
    pub(super) input: ParseStream<'a>,
}

/// Passes each option of `attrs` to `take`, and continues after each mistake.
pub(super) fn read(
    attrs: &[Attribute],
    place: Place,
    diag: &mut Diag,
    mut take: impl FnMut(&Entry<'_>) -> Result<()>,
) {
    let mut reader = Reader::new(place);
    for attr in attrs
        .iter()
        .filter(|attr| attr.path().is_ident(words::ATTRIBUTE))
    {
        match &attr.meta {
            Meta::List(_) => {}
            Meta::Path(_) => {
                diag.error_on(&attr.meta, words::not_a_list(""));
                continue;
            }
            Meta::NameValue(_) => {
                diag.error_on(&attr.meta, words::not_a_list(" = …"));
                continue;
            }
        }
        let list = attr.parse_args_with(reader.list(diag, &mut take));
        reader.end(list, diag);
    }
}

/// The same for the tokens in the parentheses of an attribute macro.
pub(super) fn read_list(
    list: TokenStream,
    place: Place,
    diag: &mut Diag,
    mut take: impl FnMut(&Entry<'_>) -> Result<()>,
) {
    let mut reader = Reader::new(place);
    let list = reader.list(diag, &mut take).parse2(list);
    reader.end(list, diag);
}

struct Reader {
    place: Place,
    seen: Vec<&'static str>,
}

impl Reader {
    fn new(place: Place) -> Self {
        Self {
            place,
            seen: Vec::new(),
        }
    }

    fn list<'a>(
        &'a mut self,
        diag: &'a mut Diag,
        take: &'a mut impl FnMut(&Entry<'_>) -> Result<()>,
    ) -> impl Parser<Output = ()> + 'a {
        syn::meta::parser(
            move |meta| match self.option(&meta.path, meta.input, take) {
                Ok(()) => Ok(()),
                Err(error) => {
                    diag.push(error);
                    skip(meta.input, self.place)
                }
            },
        )
    }

    /// A token with which no option can begin ends the list.
    fn end(&self, list: Result<()>, diag: &mut Diag) {
        if let Err(error) = list {
            diag.error(error.span(), words::not_an_option(self.place));
        }
    }

    fn option(
        &mut self,
        path: &Path,
        input: ParseStream<'_>,
        take: &mut impl FnMut(&Entry<'_>) -> Result<()>,
    ) -> Result<()> {
        let place = self.place;
        // A fork. Otherwise, tokens left over in an unreadable group would be reported a second time.
        let ahead = &input.fork();
        let entry = |word| Entry {
            word,
            key: path.span(),
            place,
            input: ahead,
        };
        let found = path.to_token_stream().to_string().replace(' ', "");
        let Some(word) = place.word(&found) else {
            if place.other().word(&found).is_some() {
                return Err(Error::new_spanned(path, words::wrong_place(&found, place)));
            }
            let meant = nearest(&found, place.words());
            if let Some(word) = meant {
                // Treated as the option that was meant, so that nothing else seems to be missing.
                take(&entry(word)).ok();
            }
            return Err(Error::new_spanned(
                path,
                words::unknown(&found, place, meant),
            ));
        };
        if self.seen.contains(&word) {
            return Err(Error::new_spanned(path, words::duplicate(word)));
        }
        self.seen.push(word);
        take(&entry(word))?;
        if !at_end(ahead) {
            return Err(ahead.error(words::no_comma(word)));
        }
        input.advance_to(ahead);
        Ok(())
    }
}

impl Entry<'_> {
    /// `word`
    pub(super) fn alone(&self) -> Result<()> {
        if at_end(self.input) {
            Ok(())
        } else {
            Err(self.wrong_shape())
        }
    }

    /// `word = …`
    pub(super) fn value<T>(&self, parse: impl FnOnce(ParseStream<'_>) -> Result<T>) -> Result<T> {
        self.equals()?;
        if at_end(self.input) {
            Err(self.found(" ="))
        } else {
            parse(self.input)
        }
    }

    /// `word =`
    pub(super) fn equals(&self) -> Result<()> {
        if !self.input.peek(Token![=]) {
            return Err(self.wrong_shape());
        }
        self.input.parse::<Token![=]>().map(drop)
    }

    /// `word = …`, with its key.
    pub(super) fn keyed<T>(
        &self,
        parse: impl FnOnce(ParseStream<'_>) -> Result<T>,
    ) -> Result<Option<Keyed<T>>> {
        Ok(Some(Keyed {
            key: self.key,
            value: self.value(parse)?,
        }))
    }

    /// `crate = PATH`
    pub(super) fn krate(&self) -> Result<Option<Keyed<Path>>> {
        self.keyed(|input| {
            if let Some(quoted) = quoted(self.word, input, Path::parse_mod_style) {
                return Err(quoted);
            }
            Path::parse_mod_style(input)
                .map_err(|error| Error::new(error.span(), words::not_a_crate()))
        })
    }

    /// `word(…, …)`, not empty.
    pub(super) fn list<T>(
        &self,
        mut item: impl FnMut(ParseStream<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        if !self.input.peek(token::Paren) {
            return Err(self.wrong_shape());
        }
        let list;
        parenthesized!(list in self.input);
        if list.is_empty() {
            return Err(self.found("()"));
        }
        let mut items = vec![item(&list)?];
        while !list.is_empty() {
            list.parse::<Token![,]>()?;
            if !list.is_empty() {
                items.push(item(&list)?);
            }
        }
        Ok(items)
    }

    /// Reports an error at the key.
    pub(super) fn error(&self, message: impl std::fmt::Display) -> Error {
        Error::new(self.key, message)
    }

    /// Reports how the option is written. Its value has not been read.
    pub(super) fn wrong_shape(&self) -> Error {
        self.found(match self.input {
            end if at_end(end) => "",
            list if list.peek(token::Paren) => "(…)",
            value if value.peek(Token![=]) => " = …",
            value if value.peek(Token![:]) => ": …",
            _ => " …",
        })
    }

    /// The same, if `rest` was found after the keyword.
    pub(super) fn found(&self, rest: &str) -> Error {
        self.error(words::wrong_shape(self.word, self.place, rest))
    }
}

/// Whether an option ends here.
pub(super) fn at_end(input: ParseStream<'_>) -> bool {
    input.is_empty() || input.peek(Token![,])
}

/// An error if the next token is a string of what `parse` reads, as the options of other macros are written.
pub(super) fn quoted<T>(
    word: &str,
    input: ParseStream<'_>,
    parse: impl FnOnce(ParseStream<'_>) -> Result<T>,
) -> Option<Error> {
    let text: LitStr = input.fork().parse().ok()?;
    let value = text.value();
    parse.parse_str(&value).ok().filter(|_| !value.is_empty())?;
    Some(Error::new(text.span(), words::quoted(word, &value)))
}

/// Skips an option that cannot be used: past its value or, if the value cannot be read either, to the next comma
/// that is followed by one of our keywords.
fn skip(input: ParseStream<'_>, place: Place) -> Result<()> {
    let ahead = input.fork();
    if value(&ahead).is_ok() && at_end(&ahead) {
        input.advance_to(&ahead);
        return Ok(());
    }
    while !(input.is_empty() || before_option(input, place)) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

fn value(input: ParseStream<'_>) -> Result<()> {
    if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        Expr::parse(input)?;
    } else if input.peek(token::Paren) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

fn before_option(input: ParseStream<'_>, place: Place) -> bool {
    let ahead = input.fork();
    let known = |word: &Ident| {
        let word = word.to_string();
        place.word(&word).or(place.other().word(&word)).is_some()
    };
    ahead.parse::<Token![,]>().is_ok()
        && ahead.call(Ident::parse_any).is_ok_and(|word| known(&word))
}
