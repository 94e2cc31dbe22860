//! The end of a body: its own error comes first, and the close always runs.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::thread;

use pin_project_lite::pin_project;

use crate::ground::error::{Error, Phase};
use crate::ground::path::PathSegment;
use crate::handles::closing::Closing;
use crate::kernel::background::report_unreturned;
use crate::kernel::drive;
use crate::kernel::job::{Extras, Job};

pin_project! {
    /// Resolves to the output of the future, or its panic, and to the closes that have to run after it.
    #[must_use = "a future"]
    pub(crate) struct Body<F> {
        // `None` once it has ended.
        #[pin]
        future: Option<F>,
        extras: Extras,
    }

    impl<F> PinnedDrop for Body<F> {
        fn drop(this: Pin<&mut Self>) {
            drop(Job::in_order(this.abandon()));
        }
    }
}

impl<F> Body<F> {
    pub(crate) const fn new(future: F) -> Self {
        Self {
            future: Some(future),
            extras: Extras::NONE,
        }
    }

    /// Drops the future before its end. Returns the closes that have to run after it.
    pub(crate) fn abandon(self: Pin<&mut Self>) -> Vec<Job> {
        let this = self.project();
        let mut future = this.future;
        let mut dropped = drive::release(Phase::Close, &mut || future.set(None));
        let mut jobs = this.extras.take_left();
        jobs.append(&mut dropped);
        jobs
    }
}

impl<F: Future> Future for Body<F> {
    type Output = (thread::Result<F::Output>, Vec<Job>);

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.as_mut().project();
        let mut future = this.future;
        let polled = drive::poll(
            Phase::Close,
            this.extras,
            || PathSegment::None,
            |panic| Err(Box::new(panic) as _),
            |_| {
                // Not converted to an error: the caller of the body resumes the panic.
                let polled =
                    catch_unwind(AssertUnwindSafe(|| match future.as_mut().as_pin_mut() {
                        Some(future) => future.poll(cx),
                        None => panic!("body polled after completion"),
                    }));
                match polled {
                    Ok(Poll::Pending) => Poll::Pending,
                    Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
                    Err(panic) => Poll::Ready(Err(panic)),
                }
            },
        );
        let outcome = ready!(polled);
        Poll::Ready((outcome, self.abandon()))
    }
}

pin_project! {
    /// Hands over everything that a future left as one ordered job.
    ///
    /// Not an `async fn`, because that would store the future twice, and bodies nest.
    #[must_use = "a future"]
    pub(crate) struct Ordered<F> {
        #[pin]
        body: Body<F>,
    }
}

pub(crate) fn ordered<F: Future>(future: F) -> Ordered<F> {
    Ordered {
        body: Body::new(future),
    }
}

impl<F: Future> Future for Ordered<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let (outcome, left) = ready!(self.project().body.poll(cx));
        drop(Job::in_order(left));
        Poll::Ready(outcome.unwrap_or_else(|panic| resume_unwind(panic)))
    }
}

/// Ends a body: closes what it left, then what it used, however it ended. The error or panic of the body takes
/// precedence over that of the close.
pub(crate) async fn finish<R, E: From<Error>>(
    outcome: thread::Result<Result<R, E>>,
    close: Job,
) -> Result<R, E> {
    let made_at = close.made_at();
    let closed = Closing::of(close).await;
    if let Ok(Ok(value)) = outcome {
        return closed.map(|()| value).map_err(E::from);
    }
    closed.unwrap_or_else(|error| report_unreturned(error, made_at));
    outcome.unwrap_or_else(|panic| resume_unwind(panic))
}

/// Closes what a step of a body left. Failures are reported, and are not failures of the body.
pub(crate) async fn close_left(left: Vec<Job>) {
    let job = Job::in_order(left);
    if !job.has_ended() {
        let made_at = job.made_at();
        Closing::of(job)
            .await
            .unwrap_or_else(|error| report_unreturned(error, made_at));
    }
}
