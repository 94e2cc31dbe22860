//! An init on its way to a value, or to an error once everything that it had made is closed again.

use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;

use crate::ground::error::{Error, Phase};
use crate::ground::in_flight;
use crate::ground::path::PathSegment;
use crate::kernel::drive;
use crate::kernel::job::{Extras, Job, Place};

pin_project! {
    /// Holds no job of its own once it is done. Whoever drops it before calls [`abandon`](Self::abandon) first.
    pub(crate) struct Attempt<F> {
        #[pin]
        state: State<F>,
        extras: Extras,
    }
}

pin_project! {
    #[project = StateProjection]
    pub(crate) enum State<F> {
        Init { #[pin] init: F },
        /// The errors so far, and what has to be closed before they are returned.
        RollingBack { rollback: Job },
        Done,
    }
}

/// Why an init ended without a value.
enum Failure {
    Error(Error),
    Overrun(Duration),
}

impl<F> Attempt<F> {
    pub(crate) const fn new(init: F) -> Self {
        Self {
            state: State::Init { init },
            extras: Extras::NONE,
        }
    }

    /// Limits the init, counted from its first poll; the rollback has no limit.
    pub(crate) fn set_limit(&mut self, limit: Duration) {
        self.extras.set_limit(limit);
    }

    /// Another init in the place of this one, which continues if it has begun.
    pub(crate) fn map<G>(self, map: impl FnOnce(F) -> G) -> Attempt<G> {
        let state = match self.state {
            State::Init { init } => State::Init { init: map(init) },
            State::RollingBack { rollback } => State::RollingBack { rollback },
            State::Done => State::Done,
        };
        Attempt {
            state,
            extras: self.extras,
        }
    }

    /// Takes it, and leaves one that is done.
    pub(crate) fn take(&mut self) -> Self {
        Self {
            state: mem::replace(&mut self.state, State::Done),
            extras: mem::replace(&mut self.extras, Extras::NONE),
        }
    }

    pub(crate) fn state(&self) -> &State<F> {
        &self.state
    }

    /// Drives the init by `poll_init`. Ready with an error, everything that it had made is closed; `None` if it was
    /// ready before.
    #[inline]
    pub(crate) fn poll<R>(
        self: Pin<&mut Self>,
        name: impl Fn() -> PathSegment,
        cx: &mut Context<'_>,
        poll_init: impl FnOnce(Pin<&mut F>, &mut Context<'_>) -> Poll<Result<R, Error>>,
    ) -> Poll<Option<Result<R, Error>>> {
        let mut this = self.project();
        if let StateProjection::Init { .. } = this.state.as_mut().project() {
            let state = &mut this.state;
            let polled = drive::poll(Phase::Init, this.extras, &name, |extras| {
                let StateProjection::Init { init } = state.as_mut().project() else {
                    return Poll::Pending;
                };
                extras.start_limit();
                match poll_init(init, cx) {
                    Poll::Ready(Ok(made)) => {
                        // Owned before the future is dropped: should that panic, it is closed.
                        state.set(State::Done);
                        Poll::Ready(Ok(made))
                    }
                    Poll::Ready(Err(error)) => Poll::Ready(Err(Failure::Error(error))),
                    Poll::Pending => extras
                        .poll_limit(cx)
                        .map(|limit| Err(Failure::Overrun(limit))),
                }
            });
            let failure = match ready!(polled) {
                Ok(Ok(made)) => {
                    let dropped = this.extras.take_left_alone();
                    if !dropped.is_empty() {
                        drop(Job::in_order(dropped).named(name()));
                    }
                    return Poll::Ready(Some(Ok(made)));
                }
                Ok(Err(failure)) => failure,
                Err(panic) => Failure::Error(panic),
            };
            roll_back(this.state.as_mut(), this.extras, failure);
        }
        let StateProjection::RollingBack { rollback } = this.state.as_mut().project() else {
            return Poll::Ready(None);
        };
        let result = ready!(rollback.poll(cx));
        this.state.set(State::Done);
        // Named at its end: until then the job may still become one of another name.
        Poll::Ready(result.err().map(|error| Err(error.named(&name()))))
    }

    /// Ends it before its end; yields what has to be closed, in order, with the errors so far.
    #[inline]
    pub(crate) fn abandon(self: Pin<&mut Self>, name: &PathSegment, made_at: Place) -> Job {
        match self.state {
            State::Done => Job::nothing(),
            _ => self.abandon_begun(name, made_at),
        }
    }

    #[cold]
    fn abandon_begun(self: Pin<&mut Self>, name: &PathSegment, made_at: Place) -> Job {
        let mut this = self.project();
        let mut jobs = Vec::new();
        if let StateProjection::RollingBack { rollback } = this.state.as_mut().project() {
            jobs.push(rollback.take());
        }
        let mut release = || this.state.set(State::Done);
        let dropped = drive::release(Phase::Init, &mut || in_flight::part(name, &mut release));
        jobs.extend(this.extras.take_left());
        jobs.extend(dropped);
        let job = Job::in_order(jobs);
        if job.has_ended() {
            job
        } else {
            job.named(name.clone()).made(made_at)
        }
    }
}

/// Drops the init, and continues by closing what it had made.
#[cold]
fn roll_back<F>(mut state: Pin<&mut State<F>>, extras: &mut Extras, failure: Failure) {
    let mut release = || state.set(State::Done);
    let (error, mut dropped) = match failure {
        Failure::Error(error) => (error, drive::release(Phase::Init, &mut release)),
        Failure::Overrun(limit) => {
            let mut dropped = Vec::new();
            let in_flight =
                in_flight::watch(|| dropped = drive::release(Phase::Init, &mut release));
            (Error::timed_out(Phase::Init, limit, in_flight), dropped)
        }
    };
    let mut jobs = extras.take_left();
    jobs.append(&mut dropped);
    state.set(State::RollingBack {
        rollback: Job::after_errors(vec![error], jobs),
    });
}
