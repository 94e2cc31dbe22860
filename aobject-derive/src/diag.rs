//! The errors of one struct: collected over all stages, told at once.

use std::fmt::Display;

use proc_macro2::Span;
use quote::ToTokens;
use syn::Error;

/// Where the stages before `expand` put what they find wrong.
#[derive(Default)]
pub(crate) struct Diag {
    errors: Option<Error>,
}

/// Says that an error has been told. Only `Diag` makes it, so nothing fails in silence.
#[derive(Debug)]
pub(crate) struct Reported(());

impl Diag {
    /// An error at one span: a key, a name.
    pub(crate) fn error(&mut self, at: Span, message: impl Display) -> Reported {
        self.push(Error::new(at, message))
    }

    /// An error that underlines all of `tokens`.
    pub(crate) fn error_on(&mut self, tokens: impl ToTokens, message: impl Display) -> Reported {
        self.push(Error::new_spanned(tokens, message))
    }

    pub(crate) fn push(&mut self, error: Error) -> Reported {
        match &mut self.errors {
            Some(errors) => errors.combine(error),
            none => *none = Some(error),
        }
        Reported(())
    }

    /// All that was told, or `Ok` if there was nothing to tell.
    pub(crate) fn finish(self) -> Result<(), Error> {
        self.errors.map_or(Ok(()), Err)
    }
}
