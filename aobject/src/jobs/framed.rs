//! A future of the user's, polled and dropped in a frame.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::thread;

use pin_project_lite::pin_project;

use super::background::unheard;
use super::frame::{self, Frame};
use super::job::Job;
use super::stray::Strays;
use crate::contain::contain;
use crate::label::Label;
use crate::{Closing, Error, Phase};

pin_project! {
    /// Ready with what the future returned, or panicked with, and with what has to be closed after it.
    #[must_use = "a future"]
    pub(crate) struct Framed<F> {
        // `None` once it has ended.
        #[pin]
        future: Option<F>,
        strays: Strays,
    }

    impl<F> PinnedDrop for Framed<F> {
        fn drop(this: Pin<&mut Self>) {
            frame::leave_all(this.abandon(), Label::None);
        }
    }
}

impl<F> Framed<F> {
    pub(crate) fn new(future: F) -> Self {
        Self {
            future: Some(future),
            strays: Strays::NONE,
        }
    }

    /// Drops the future before its end; what has to be closed after it.
    pub(crate) fn abandon(self: Pin<&mut Self>) -> Vec<Job> {
        let this = self.project();
        let mut future = this.future;
        this.strays.before(let_go(&mut || future.set(None)))
    }
}

impl<F: Future> Future for Framed<F> {
    type Output = (thread::Result<F::Output>, Vec<Job>);

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut future = this.future;
        let frame = Frame::open();
        // Whoever gets the panic resumes it.
        let polled = catch_unwind(AssertUnwindSafe(|| match future.as_mut().as_pin_mut() {
            Some(future) => future.poll(cx),
            None => panic!("a future polled after it was ready"),
        }));
        let left = frame.close();
        let outcome = match polled {
            Ok(Poll::Pending) => {
                this.strays.leave(left, Label::None);
                return Poll::Pending;
            }
            Ok(Poll::Ready(outcome)) => Ok(outcome),
            Err(panic) => Err(panic),
        };
        let mut jobs = this.strays.before(left);
        jobs.extend(let_go(&mut || future.set(None)));
        Poll::Ready((outcome, jobs))
    }
}

/// Lets go of something; what that leaves, a panic in it included.
pub(crate) fn let_go(drop: &mut dyn FnMut()) -> Vec<Job> {
    let frame = Frame::open();
    let dropped = contain(Phase::Close, drop);
    let jobs = frame.close();
    match dropped {
        Ok(()) => jobs,
        Err(panic) => vec![Job::failed(vec![panic], jobs)],
    }
}

pin_project! {
    /// Makes one ordered job of what a future leaves, if it is dropped before its end.
    ///
    /// Not an `async fn`, which would have room for the future twice: bodies are nested.
    #[must_use = "a future"]
    pub(crate) struct Ordered<F> {
        #[pin]
        framed: Framed<F>,
    }
}

pub(crate) fn ordered<F: Future>(future: F) -> Ordered<F> {
    Ordered {
        framed: Framed::new(future),
    }
}

impl<F: Future> Future for Ordered<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let (outcome, left) = ready!(self.project().framed.poll(cx));
        frame::leave_all(left, Label::None);
        Poll::Ready(outcome.unwrap_or_else(|panic| resume_unwind(panic)))
    }
}

/// Ends a body: closes what it left and then what it used, whatever it did. Its own error or panic comes first.
pub(crate) async fn finish<R, E: From<Error>>(
    outcome: thread::Result<Result<R, E>>,
    close: Job,
) -> Result<R, E> {
    let made_at = close.made_at();
    let closed = Closing::of(close).await;
    if let Ok(Ok(value)) = outcome {
        return closed.map(|()| value).map_err(E::from);
    }
    closed.unwrap_or_else(|error| unheard(error, made_at));
    outcome.unwrap_or_else(|panic| resume_unwind(panic))
}

/// Closes what a step of a body left, which is no failure of the body.
pub(crate) async fn close_left(left: Vec<Job>) {
    if let Some(job) = Job::sequence(left) {
        let made_at = job.made_at();
        Closing::of(job)
            .await
            .unwrap_or_else(|error| unheard(error, made_at));
    }
}
