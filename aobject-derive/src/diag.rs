//! The errors of one item: collected over all stages, emitted together.

use std::fmt::Display;

use proc_macro2::Span;
use quote::ToTokens;
use syn::Error;

/// Where the stages before `expand` put what they find wrong.
#[derive(Default)]
pub(crate) struct Diag {
    errors: Option<Error>,
    needs_fallback: bool,
}

/// Proof that an error has been reported. Only `Diag` makes it, so nothing fails in silence.
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
        self.needs_fallback = true;
        self.add(error)
    }

    /// An error that leaves the real code as it was meant, so that rustc looks at it too.
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

    /// Whether an error stands in the way of the real code.
    pub(crate) fn needs_fallback(&self) -> bool {
        self.needs_fallback
    }

    /// Everything that was reported.
    pub(crate) fn finish(self) -> Option<Error> {
        self.errors
    }
}
