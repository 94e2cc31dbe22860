//! The errors of one item, collected over all stages and emitted together.

use std::fmt::Display;

use proc_macro2::Span;
use quote::ToTokens;
use syn::Error;

/// Collects the mistakes that the stages before `expand` find.
#[derive(Default)]
pub(crate) struct Diag {
    errors: Option<Error>,
    needs_fallback: bool,
}

/// Proof that an error has been reported. Only `Diag` makes it, so nothing fails in silence.
#[derive(Debug)]
pub(crate) struct Reported(());

impl Diag {
    /// Reports an error at one span, such as a key or a name.
    pub(crate) fn error(&mut self, at: Span, message: impl Display) -> Reported {
        self.push(Error::new(at, message))
    }

    /// Reports an error that underlines all of `tokens`.
    pub(crate) fn error_on(&mut self, tokens: impl ToTokens, message: impl Display) -> Reported {
        self.push(Error::new_spanned(tokens, message))
    }

    pub(crate) fn push(&mut self, error: Error) -> Reported {
        self.needs_fallback = true;
        self.add(error)
    }

    /// Reports an error that keeps the real code as it was meant, so that rustc checks it too.
    pub(crate) fn error_beside_code(&mut self, at: Span, message: impl Display) -> Reported {
        self.add(Error::new(at, message))
    }

    fn add(&mut self, error: Error) -> Reported {
        match &mut self.errors {
            Some(errors) => errors.combine(error),
            none => *none = Some(error),
        }
        Reported(())
    }

    /// Whether an error prevents the real code.
    pub(crate) fn needs_fallback(&self) -> bool {
        self.needs_fallback
    }

    /// All reported errors.
    pub(crate) fn finish(self) -> Option<Error> {
        self.errors
    }
}
