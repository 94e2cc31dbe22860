//! The options of a field, and what they make of it.

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::Parse;
use syn::punctuated::Punctuated;
use syn::{Attribute, Error, Expr, Ident, Result, Token, parenthesized, token};

use crate::diag::Diag;
use crate::model::Keyed;
use crate::model::object::{Init, Made, Use};
use crate::names::Names;
use crate::parse::read::{Entry, read};
use crate::words::{self, Place};

/// As they were read; `made` takes most of them.
#[derive(Default)]
pub(super) struct Options {
    /// `into`, `default`, `init`: those that were read, in this order.
    ways: Vec<&'static str>,
    default: Option<Expr>,
    init: Option<Expr>,
    after: Option<Keyed<Vec<Ident>>>,
    init_timeout: Option<Keyed<Expr>>,
    pub(super) close: Option<Keyed<Expr>>,
    pub(super) close_timeout: Option<Keyed<Expr>>,
}

impl Options {
    pub(super) fn read(attrs: &[Attribute], diag: &mut Diag) -> Self {
        let mut options = Self::default();
        read(attrs, Place::Field, diag, |entry| options.take(entry));
        options
    }

    fn take(&mut self, entry: &Entry<'_>) -> Result<()> {
        match entry.word {
            words::INTO => {
                self.way(entry)?;
                entry.alone()?;
            }
            words::DEFAULT => {
                self.way(entry)?;
                self.default = if entry.alone().is_ok() {
                    None
                } else {
                    Some(entry.value(Expr::parse)?)
                };
            }
            words::INIT => {
                self.way(entry)?;
                self.init = Some(entry.value(Expr::parse)?);
            }
            words::AFTER => {
                self.after = Some(Keyed {
                    key: entry.key,
                    value: after(entry)?,
                });
            }
            words::CLOSE => self.close = entry.keyed(Expr::parse)?,
            words::INIT_TIMEOUT => self.init_timeout = entry.keyed(Expr::parse)?,
            words::CLOSE_TIMEOUT => self.close_timeout = entry.keyed(Expr::parse)?,
            word => unreachable!("{word} is not an option of a field"),
        }
        Ok(())
    }

    /// A field is made in one way. The way is kept even if its value is wrong: it is known what was meant.
    fn way(&mut self, entry: &Entry<'_>) -> Result<()> {
        self.ways.push(entry.word);
        match self.ways[0] {
            first if first != entry.word => Err(entry.error(words::conflict(entry.word, first))),
            _ => Ok(()),
        }
    }

    /// From the flags to the one way in which the field is made, names resolved. `own` is the field's index.
    pub(super) fn made(&mut self, own: usize, names: &Names<'_>, diag: &mut Diag) -> Made {
        let after = self.after.take();
        let timeout = self.init_timeout.take();
        if !self.ways.contains(&words::INIT) {
            // These say how to run something that is not there.
            let keys = [
                (words::AFTER, after.map(|of| of.key)),
                (words::INIT_TIMEOUT, timeout.map(|of| of.key)),
            ];
            for (word, key) in keys {
                if let Some(key) = key {
                    diag.error_beside_code(key, words::needs_init(word));
                }
            }
            return self.made_at_once(own, names);
        }
        let expr = self
            .init
            .take()
            .unwrap_or(Expr::Verbatim(TokenStream::new()));
        let uses = names.uses(&expr, Some(own));
        let after = after.map_or_else(Vec::new, |after| resolve(&after.value, own, names, diag));
        Made::Init(Init {
            expr,
            uses,
            after,
            timeout,
        })
    }

    fn made_at_once(&mut self, own: usize, names: &Names<'_>) -> Made {
        if self.ways.contains(&words::DEFAULT) {
            let expr = self.default.take();
            Made::Default {
                uses: names.uses(&expr, Some(own)),
                expr,
            }
        } else {
            Made::Argument {
                into: self.ways.contains(&words::INTO),
            }
        }
    }
}

/// `after(a, b)`
fn after(entry: &Entry<'_>) -> Result<Vec<Ident>> {
    if !entry.input.peek(token::Paren) {
        return Err(entry.wrong_shape());
    }
    let list;
    parenthesized!(list in entry.input);
    if list.is_empty() {
        return Err(entry.found("()"));
    }
    let name = |input: syn::parse::ParseStream<'_>| {
        Ident::parse_any(input).map_err(|error| Error::new(error.span(), words::after_what()))
    };
    let names = Punctuated::<Ident, Token![,]>::parse_terminated_with(&list, name)?;
    Ok(names.into_iter().collect())
}

/// The fields of `after(…)`.
fn resolve(after: &[Ident], own: usize, names: &Names<'_>, diag: &mut Diag) -> Vec<Use> {
    let mut uses: Vec<Use> = Vec::new();
    let mut complain = |at: &Ident, message: String| {
        diag.error_beside_code(at.span(), message);
    };
    for ident in after {
        match names.find(ident) {
            None => {
                complain(ident, words::unknown_field(ident, &names.others(own)));
            }
            Some(field) if field == own => complain(ident, words::after_itself(ident)),
            Some(field) if uses.iter().any(|of| of.field == field) => {
                complain(ident, words::duplicate_field(ident));
            }
            Some(field) => uses.push(Use {
                field,
                ident: ident.clone(),
            }),
        }
    }
    uses
}
