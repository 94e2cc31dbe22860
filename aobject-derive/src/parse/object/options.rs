//! The options of the struct itself.

use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Error, Expr, ExprPath, Ident, Result, Token, Visibility};

use crate::diag::Diag;
use crate::model::Keyed;
use crate::model::object::{Argument, Limit, Options};
use crate::parse::read::{Entry, at_end, quoted, read};
use crate::words::{self, Place};

pub(super) fn options(attrs: &[Attribute], diag: &mut Diag) -> Options {
    let mut options = Options::default();
    read(attrs, Place::Struct, diag, |entry| {
        take(&mut options, entry)
    });
    options
}

fn take(options: &mut Options, entry: &Entry<'_>) -> Result<()> {
    match entry.word {
        words::INIT => options.init = entry.keyed(|input| hook(entry.word, input))?,
        words::CLOSE => options.close = entry.keyed(|input| hook(entry.word, input))?,
        words::ARGS => options.args = arguments(entry)?,
        words::NEW => options.new = entry.keyed(name)?,
        words::VIS => {
            options.vis = Some(Keyed {
                key: entry.key,
                value: visibility(entry)?,
            });
        }
        words::INIT_TIMEOUT => options.init_timeout = Some(limit(entry)?),
        words::CLOSE_TIMEOUT => options.close_timeout = Some(limit(entry)?),
        words::CRATE => options.krate = entry.krate()?,
        word => unreachable!("{word} is not an option of a struct"),
    }
    Ok(())
}

/// `args(url: String, port: u16)`
fn arguments(entry: &Entry<'_>) -> Result<Vec<Argument>> {
    let argument = |input: ParseStream<'_>| {
        let wrong = |error: Error| Error::new(error.span(), words::not_an_argument());
        let ident = input.parse().map_err(wrong)?;
        input.parse::<Token![:]>().map_err(wrong)?;
        Ok(Argument {
            ident,
            ty: input.parse()?,
        })
    };
    entry.list(argument)
}

/// The fields that it names are not known yet.
fn limit(entry: &Entry<'_>) -> Result<Limit> {
    Ok(Limit {
        expr: entry.value(Expr::parse)?,
        uses: Vec::new(),
    })
}

/// A path is called with `&mut self`. Any other expression could not name the object.
fn hook(word: &str, input: ParseStream<'_>) -> Result<ExprPath> {
    if let Some(quoted) = quoted(word, input, ExprPath::parse) {
        return Err(quoted);
    }
    let mut expr: Expr = input.parse()?;
    // From a macro's `$hook:path` or `$hook:expr`.
    while let Expr::Group(group) = expr {
        expr = *group.expr;
    }
    match expr {
        Expr::Path(path) => Ok(path),
        other => Err(Error::new_spanned(other, words::not_a_path(word))),
    }
}

fn name(input: ParseStream<'_>) -> Result<Ident> {
    if let Some(quoted) = quoted(words::NEW, input, Ident::parse) {
        return Err(quoted);
    }
    input
        .parse()
        .map_err(|error: Error| Error::new(error.span(), words::not_a_name()))
}

/// An empty visibility is valid too: a macro's `$vis:vis` may be empty.
fn visibility(entry: &Entry<'_>) -> Result<Visibility> {
    entry.equals()?;
    if let Some(quoted) = quoted(entry.word, entry.input, Visibility::parse) {
        return Err(quoted);
    }
    let visibility = entry.input.parse()?;
    if at_end(entry.input) {
        Ok(visibility)
    } else {
        Err(entry.input.error(words::not_a_visibility()))
    }
}
