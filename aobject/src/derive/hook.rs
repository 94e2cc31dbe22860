//! A struct's own steps.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::ground::error::BoxError;
use crate::ground::outcome::Outcome;

/// What calling a hook gives.
#[diagnostic::on_unimplemented(
    message = "a hook of an object must be an `async fn(&mut self)`",
    label = "this is not `async`",
    note = "write `async fn` before its name; it may return `()` or `Result<(), E>`"
)]
pub trait Hook {
    /// `poll`, with what the hook returned as a result.
    fn poll_hook(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>>;
}

impl<F: Future<Output: Outcome>> Hook for F {
    fn poll_hook(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.poll(cx).map(Outcome::into_result)
    }
}

/// A hook that runs. Its type does not name the hook's, so that what is wrong with a hook is told once, by [`hook`].
#[must_use = "futures do nothing unless polled"]
pub struct Called<'a>(Pin<&'a mut (dyn Hook + Send + 'a)>);

impl Future for Called<'_> {
    type Output = Result<(), BoxError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll_hook(cx)
    }
}

/// Runs a hook.
pub fn hook<'a, F: Hook + Send + 'a>(called: Pin<&'a mut F>) -> Called<'a> {
    Called(called)
}
