//! A struct's own steps.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use crate::ground::error::BoxError;
use crate::ground::outcome::Outcome;
use crate::ground::path::PathSegment;
use crate::kernel::drop_scope;
use crate::kernel::job::{Extras, Job};

/// What calling a hook gives.
#[diagnostic::on_unimplemented(
    message = "a hook must be an `async fn(&mut self)`",
    label = "this function is not `async`",
    note = "write `async fn`, and return `()` or `Result<(), E>`"
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

/// The outcome of a hook, and the close of what it left.
type Ended = (Result<(), BoxError>, Job);

/// A hook that runs. Its type does not name the hook's, so that a wrong hook is one error, at [`hook`].
///
/// The objects that it drops are closed before it is ready. A panic in it is that of the init or close that it is part
/// of, whose drop scope has what it dropped before, and then the fields.
#[must_use = "futures do nothing unless polled"]
pub struct Called<'a> {
    hook: Pin<&'a mut (dyn Hook + Send + 'a)>,
    extras: Extras,
    /// Once the hook has ended, unless it left nothing: what is closed meanwhile. Boxed, since it is rare.
    ended: Option<Box<Ended>>,
}

impl Future for Called<'_> {
    type Output = Result<(), BoxError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self {
            hook,
            extras,
            ended,
        } = &mut *self;
        if ended.is_none() {
            // Of the scope that is open, which costs less than one of its own.
            let mark = drop_scope::mark();
            let polled = hook.as_mut().poll_hook(cx);
            if let Some(dropped) = drop_scope::take_since(mark) {
                extras.receive(dropped, polled.is_pending(), PathSegment::None);
            }
            let outcome = ready!(polled);
            if extras.is_none() {
                return Poll::Ready(outcome);
            }
            *ended = Some(Box::new((outcome, Job::in_order(extras.take_left()))));
        }
        poll_ended(ended, cx)
    }
}

/// Closes what a hook has left, then yields its outcome.
#[cold]
fn poll_ended(ended: &mut Option<Box<Ended>>, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
    if let Some(left) = ended.as_mut().map(|ended| &mut ended.1)
        && let Err(error) = ready!(left.poll(cx))
    {
        // To the drop scope of the init or close that the hook is part of, whose error it becomes, or is related to.
        drop(Job::after_errors(vec![error], Vec::new()));
    }
    let (outcome, _) = *ended.take().expect("the hook has ended");
    Poll::Ready(outcome)
}

/// Runs a hook.
pub fn hook<'a, F: Hook + Send + 'a>(called: Pin<&'a mut F>) -> Called<'a> {
    Called {
        hook: called,
        extras: Extras::NONE,
        ended: None,
    }
}
