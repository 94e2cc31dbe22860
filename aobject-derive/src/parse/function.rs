//! A function and the options of the macro on it.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Error, Expr, Lit, LitStr, Result};

use super::read::{Entry, read_list};
use crate::diag::Diag;
use crate::model::function::{Flavor, Function, Item, Setting, Value};
use crate::words::{self, Macro, Place};

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        Ok(Self {
            attrs: input.call(Attribute::parse_outer)?,
            vis: input.parse()?,
            signature: input.parse()?,
            body: body(input)?,
        })
    }
}

/// `{ … }`, or a macro's `$body:block`.
fn body(input: ParseStream<'_>) -> Result<Group> {
    match input.parse()? {
        TokenTree::Group(group)
            if matches!(group.delimiter(), Delimiter::Brace | Delimiter::None) =>
        {
            Ok(group)
        }
        other => Err(Error::new(other.span(), "no body")),
    }
}

/// The model of `item` under `#[aobject::main(options)]` or `#[aobject::test(options)]`.
pub(crate) fn parse<'a>(
    by: Macro,
    options: TokenStream,
    item: &'a Item,
    diag: &mut Diag,
) -> Function<'a> {
    let mut function = Function {
        by,
        item,
        settings: Vec::new(),
        krate: None,
    };
    read_list(options, Place::Macro(by), diag, |entry| {
        take(&mut function, entry)
    });
    function
}

fn take(function: &mut Function<'_>, entry: &Entry<'_>) -> Result<()> {
    let value = match entry.word {
        words::CRATE => {
            function.krate = entry.krate()?.map(|krate| krate.value);
            return Ok(());
        }
        words::FLAVOR => Value::Flavor(entry.value(flavor)?),
        _ => Value::Expr(entry.value(Expr::parse)?),
    };
    function.settings.push(Setting {
        word: entry.word,
        key: entry.key,
        value,
    });
    Ok(())
}

fn flavor(input: ParseStream<'_>) -> Result<Flavor> {
    let found: Expr = input.parse()?;
    let text = text(&found).map(LitStr::value);
    let flavors = [Flavor::MultiThread, Flavor::CurrentThread];
    flavors
        .into_iter()
        .find(|flavor| text.as_deref() == Some(flavor.word()))
        .ok_or_else(|| {
            let message = text.map_or_else(words::flavor_without_quotes, |text| {
                words::unknown_flavor(&text)
            });
            Error::new_spanned(&found, message)
        })
}

fn text(found: &Expr) -> Option<&LitStr> {
    match found {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text),
            _ => None,
        },
        // From a macro's `$flavor:expr` or `$flavor:literal`.
        Expr::Group(group) => text(&group.expr),
        _ => None,
    }
}

#[cfg(test)]
#[expect(
    clippy::needless_raw_string_hashes,
    reason = "`expect-test` writes them"
)]
mod tests;
