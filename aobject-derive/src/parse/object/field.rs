//! The options of a field, and how it is made according to them.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::Parse;
use syn::{Attribute, Error, Expr, Ident, LitInt, Result};

use crate::diag::Diag;
use crate::model::Keyed;
use crate::model::object::{Init, Limit, Made, Take, Use};
use crate::names::Names;
use crate::parse::read::{Entry, read};
use crate::words::{self, Place};

/// The options as they were read. `made` takes most of them.
#[derive(Default)]
pub(super) struct Options {
    /// `into`, `default` and `init`, in the order in which they were read.
    ways: Vec<&'static str>,
    default: Option<Box<Expr>>,
    init: Option<Expr>,
    after: Option<Keyed<Vec<Ident>>>,
    /// `first`, `given`, `optional`, each with its span.
    flags: Vec<(&'static str, Span)>,
    retry: Option<Keyed<Expr>>,
    init_timeout: Option<Keyed<Expr>>,
    pub(super) close: Option<Keyed<Expr>>,
    pub(super) close_timeout: Option<Expr>,
}

/// The names that an expression may use.
pub(super) struct Scope<'a> {
    pub(super) fields: Names<'a>,
    pub(super) args: Names<'a>,
}

impl Scope<'_> {
    /// The arguments that an expression owns.
    fn takes(&self, expr: impl ToTokens) -> Vec<Take> {
        let mut takes: Vec<Take> = Vec::new();
        for of in self.args.uses(expr, None) {
            if takes.iter().all(|other| other.argument != of.field) {
                takes.push(Take {
                    argument: of.field,
                    ident: of.ident,
                });
            }
        }
        takes
    }
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
                    Some(Box::new(entry.value(Expr::parse)?))
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
            words::FIRST | words::GIVEN | words::OPTIONAL => {
                self.flags.push((entry.word, entry.key));
                entry.alone()?;
            }
            words::CLOSE => self.close = entry.keyed(Expr::parse)?,
            words::RETRY => self.retry = entry.keyed(Expr::parse)?,
            words::INIT_TIMEOUT => self.init_timeout = entry.keyed(Expr::parse)?,
            words::CLOSE_TIMEOUT => self.close_timeout = Some(entry.value(Expr::parse)?),
            word => unreachable!("{word} is not an option of a field"),
        }
        Ok(())
    }

    /// A field is made in one way. The way is kept even if its value is wrong, because it is known what was meant.
    fn way(&mut self, entry: &Entry<'_>) -> Result<()> {
        self.ways.push(entry.word);
        match self.ways[0] {
            first if first != entry.word => Err(entry.error(words::conflict(entry.word, first))),
            _ => Ok(()),
        }
    }

    /// Converts the flags to the one way in which the field is made, and resolves names. `own` is the field's
    /// index.
    pub(super) fn made(&mut self, own: usize, names: &Scope<'_>, diag: &mut Diag) -> Made {
        let after = self.after.take();
        let (retry, timeout) = (self.retry.take(), self.init_timeout.take());
        if !self.ways.contains(&words::INIT) {
            // These options would apply to an `init` that does not exist.
            let after = after.map(|of| (words::AFTER, of.key));
            let retry = retry.map(|of| (words::RETRY, of.key));
            let timeout = timeout.map(|of| (words::INIT_TIMEOUT, of.key));
            for (word, key) in after.into_iter().chain(retry).chain(timeout) {
                diag.error_beside_code(key, words::needs_init(word));
            }
            for (word, key) in &self.flags {
                diag.error(*key, words::needs_init(word));
            }
            // The caller passes an `Option`.
            if !self.has(words::GIVEN) {
                return self.made_at_once(own, names);
            }
            return Made::Init(Box::new(self.init(own, names)));
        }
        let after = after.map_or_else(Vec::new, |after| {
            resolve(&after.value, own, &names.fields, diag)
        });
        let limit = |limit: Keyed<Expr>| limited(limit.value, &names.fields);
        let (retry, timeout) = (retry.map(limit), timeout.map(limit));
        Made::Init(Box::new(Init {
            after,
            retry,
            timeout,
            ..self.init(own, names)
        }))
    }

    /// The `init`, without its additional dependencies.
    fn init(&mut self, own: usize, names: &Scope<'_>) -> Init {
        let expr = self
            .init
            .take()
            .unwrap_or(Expr::Verbatim(TokenStream::new()));
        Init {
            uses: names.fields.uses(&expr, Some(own)),
            takes: names.takes(&expr),
            expr,
            after: Vec::new(),
            first: self.has(words::FIRST),
            given: self.has(words::GIVEN),
            optional: self.has(words::OPTIONAL),
            retry: None,
            timeout: None,
        }
    }

    fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|(word, _)| *word == flag)
    }

    fn made_at_once(&mut self, own: usize, names: &Scope<'_>) -> Made {
        if self.ways.contains(&words::DEFAULT) {
            let expr = self.default.take();
            Made::Default {
                uses: names.fields.uses(&expr, Some(own)),
                takes: names.takes(&expr),
                expr,
            }
        } else {
            Made::Argument {
                into: self.ways.contains(&words::INTO),
            }
        }
    }
}

/// The fields that a limit names.
pub(super) fn limited(expr: Expr, names: &Names<'_>) -> Limit {
    Limit {
        uses: names.uses(&expr, None),
        expr,
    }
}

/// `after(a, b)`
fn after(entry: &Entry<'_>) -> Result<Vec<Ident>> {
    entry.list(|input| {
        let found: Option<LitInt> = input.fork().parse().ok();
        Ident::parse_any(input)
            .map_err(|error| Error::new(error.span(), words::not_a_field_name(found)))
    })
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
