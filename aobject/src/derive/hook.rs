//! A struct's own steps.

use std::future::Future;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::thread;

use crate::ground::error::BoxError;
use crate::ground::outcome::Outcome;
use crate::handles::body::Body;
use crate::kernel::job::Job;

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

/// A hook that runs. Its type does not name the hook's, so that a wrong hook is one error, at [`hook`].
///
/// The objects that it drops are closed before it is ready.
#[must_use = "futures do nothing unless polled"]
pub struct Called<'a> {
    body: Body<Running<'a>>,
    /// Once the hook has ended: what is to be closed meanwhile.
    ended: Option<(thread::Result<Result<(), BoxError>>, Job)>,
}

struct Running<'a>(Pin<&'a mut (dyn Hook + Send + 'a)>);

impl Future for Running<'_> {
    type Output = Result<(), BoxError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll_hook(cx)
    }
}

impl Future for Called<'_> {
    type Output = Result<(), BoxError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { body, ended } = &mut *self;
        if ended.is_none() {
            let (outcome, left) = ready!(Pin::new(body).poll(cx));
            *ended = Some((outcome, Job::in_order(left)));
        }
        if let Some((_, left)) = ended
            && let Err(error) = ready!(left.poll(cx))
        {
            // To the drop scope of the init or close that the hook is part of, whose error it becomes, or is related to.
            drop(Job::after_errors(vec![error], Vec::new()));
        }
        let (outcome, _) = ended.take().expect("the hook has ended");
        Poll::Ready(outcome.unwrap_or_else(|panic| resume_unwind(panic)))
    }
}

/// Runs a hook.
pub fn hook<'a, F: Hook + Send + 'a>(called: Pin<&'a mut F>) -> Called<'a> {
    Called {
        body: Body::new(Running(called)),
        ended: None,
    }
}
