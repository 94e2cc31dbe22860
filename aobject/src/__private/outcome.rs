//! What the user's hooks, steps, tasks and close expressions may return.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::BoxError;

/// `()` or `Result<(), E>`.
#[diagnostic::on_unimplemented(
    message = "a hook, a step, a task or a `close` expression returns `()` or `Result<(), E>`, not `{Self}`",
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

/// What loops until it is cancelled returns `!`, which has no name yet.
#[diagnostic::do_not_recommend]
impl Outcome for <fn() -> ! as Returns>::Output {
    fn into_result(self) -> Result<(), BoxError> {
        match self {}
    }
}

/// Gives `!` a name.
pub trait Returns {
    /// What the function returns.
    type Output;
}

impl<R> Returns for fn() -> R {
    type Output = R;
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
