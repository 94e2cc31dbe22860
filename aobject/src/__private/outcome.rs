//! What the user's hooks and close expressions may return.

use std::future::Future;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;

use crate::{BoxError, Error, Phase};

/// `()` or `Result<(), E>`.
#[diagnostic::on_unimplemented(
    message = "a hook or a `close` expression returns `()` or `Result<(), E>`, not `{Self}`",
    label = "`()` or `Result<(), E>` with any error type `E` expected"
)]
pub trait Outcome {
    /// The errors' types do not matter from here on.
    fn into_result(self) -> Result<(), BoxError>;
}

impl Outcome for () {
    fn into_result(self) -> Result<(), BoxError> {
        Ok(())
    }
}

impl<E: Into<BoxError>> Outcome for Result<(), E> {
    fn into_result(self) -> Result<(), BoxError> {
        self.map_err(Into::into)
    }
}

/// What calling a hook gives.
#[diagnostic::on_unimplemented(
    message = "a hook of an object must be an `async fn(&mut self)`",
    label = "this is not `async`",
    note = "write `async fn` before its name; it may return `()` or `Result<(), E>`"
)]
pub trait Hook: Future<Output: Outcome> {}

impl<F: Future<Output: Outcome>> Hook for F {}

/// Checks that a hook is one.
pub fn hook<F: Hook>(called: F) -> F {
    called
}

/// A close hook whose panic stops nothing.
pub async fn contained<F: Future<Output: Outcome>>(close: F) -> Result<(), Error> {
    match AssertUnwindSafe(close).catch_unwind().await {
        Ok(outcome) => outcome.into_result().map_err(|cause| Error::from_cause(Phase::Close, cause)),
        Err(payload) => Err(Error::panicked(Phase::Close, payload)),
    }
}
