//! An init on its way to a value, or to an error once everything that it had made is closed again.

use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;

use crate::ground::error::{Error, Phase};
use crate::ground::events::acts::Act;
use crate::ground::in_flight;
use crate::ground::path::PathSegment;
use crate::kernel::doom;
use crate::kernel::drive;
use crate::kernel::job::{Extras, Job, Place};
use crate::kernel::remark;

pin_project! {
    /// Holds no job of its own once it is done. To drop it earlier, call [`abandon`](Self::abandon) first.
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

    /// As [`set_limit`](Self::set_limit), of one that is pinned.
    pub(crate) fn limit(self: Pin<&mut Self>, limit: Duration) {
        self.project().extras.set_limit(limit);
    }

    /// The init, unless it has ended.
    pub(crate) fn init(self: Pin<&mut Self>) -> Option<Pin<&mut F>> {
        match self.project().state.project() {
            StateProjection::Init { init } => Some(init),
            StateProjection::RollingBack { .. } | StateProjection::Done => None,
        }
    }

    /// Wraps the init, which continues if it has begun.
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

    /// Reports its steps as those of this act, if it has none and has not failed already.
    #[cold]
    pub(crate) fn observe(self: Pin<&mut Self>, act: impl FnOnce() -> Box<Act>) {
        let this = self.project();
        if matches!(*this.state, State::Init { .. }) && this.extras.act().is_none() {
            this.extras.set_act(Some(act()));
        }
    }

    /// The same init, which is a part of what is around it now, wherever it is polled.
    #[cold]
    pub(crate) fn observed_here(mut self, name: PathSegment, made_at: Place) -> Self {
        if matches!(self.state, State::Init { .. }) && self.extras.act().is_none() {
            let mut act = Act::init(name, made_at);
            act.stay_here();
            self.extras.set_act(Some(act));
        }
        self
    }

    pub(crate) fn state(&self) -> &State<F> {
        &self.state
    }

    /// Nothing is left to be abandoned.
    #[inline]
    pub(crate) fn is_done(&self) -> bool {
        matches!(self.state, State::Done)
    }

    /// Drives the init by `poll_init`. Ready with an error, everything that it had made is closed. Panics if it was
    /// ready before.
    #[inline]
    pub(crate) fn poll<R>(
        self: Pin<&mut Self>,
        name: impl Fn() -> PathSegment,
        cx: &mut Context<'_>,
        poll_init: impl FnOnce(Pin<&mut F>, &mut Context<'_>) -> Poll<Result<R, Error>>,
    ) -> Poll<Result<R, Error>> {
        let mut polled = Poll::Pending;
        self.poll_into(&mut polled, name, cx, |polled, init, cx| {
            *polled = poll_init(init, cx);
        });
        polled
    }

    /// Like [`poll`](Self::poll), but writes the result to `polled`, so that a large one is not moved; `polled` must be
    /// pending.
    #[inline]
    pub(crate) fn poll_into<R>(
        self: Pin<&mut Self>,
        polled: &mut Poll<Result<R, Error>>,
        name: impl Fn() -> PathSegment,
        cx: &mut Context<'_>,
        poll_init: impl FnOnce(&mut Poll<Result<R, Error>>, Pin<&mut F>, &mut Context<'_>),
    ) {
        let mut this = self.project();
        if let StateProjection::Init { .. } = this.state.as_mut().project() {
            let state = &mut this.state;
            this.extras.enter();
            drive::poll_into(
                polled,
                Phase::Init,
                this.extras,
                &name,
                Err,
                |extras, polled| {
                    if let StateProjection::Init { init } = state.as_mut().project() {
                        if !extras.is_none() {
                            doom::clear();
                            extras.start_limit();
                        }
                        poll_init(polled, init, cx);
                        match polled {
                            // Owned before the future is dropped: should that panic, it is closed.
                            Poll::Ready(Ok(_)) => state.set(State::Done),
                            Poll::Ready(Err(_)) => {}
                            // The rollback of a part has no limit either.
                            Poll::Pending if extras.is_none() || doom::is_given() => {}
                            Poll::Pending => *polled = extras.poll_limit(cx).map(Err),
                        }
                    }
                    polled.is_pending()
                },
            );
            this.extras.leave();
            if !matches!(polled, Poll::Ready(Err(_))) {
                this.extras.hand_over(polled.is_ready(), &name);
                return;
            }
            if let Poll::Ready(Err(error)) = mem::replace(polled, Poll::Pending) {
                roll_back(this.state.as_mut(), this.extras, error);
            }
        }
        let StateProjection::RollingBack { rollback } = this.state.as_mut().project() else {
            panic!("init polled after completion");
        };
        this.extras.enter();
        let rolled_back = remark::apart(name(), || rollback.poll(cx));
        this.extras.leave();
        let Poll::Ready(result) = rolled_back else {
            return;
        };
        if let Some(act) = this.extras.act() {
            act.end(Ok(()));
        }
        this.state.set(State::Done);
        let error = result.expect_err("a rollback ends with the error that it began with");
        // Named at its end: until then the job may still become one of another name.
        *polled = Poll::Ready(Err(error.named(&name())));
    }

    /// Ends it before its end; yields what has to be closed, in order, with the errors so far.
    #[cold]
    pub(crate) fn abandon(self: Pin<&mut Self>, name: &PathSegment, made_at: Place) -> Job {
        if self.is_done() {
            return Job::nothing();
        }
        let mut this = self.project();
        let mut jobs = Vec::new();
        if let StateProjection::RollingBack { rollback } = this.state.as_mut().project() {
            jobs.push(rollback.take());
        }
        let is_observed = this.extras.act().is_some_and(Act::resume);
        let mut release = || this.state.set(State::Done);
        let dropped = drive::release(Phase::Init, &mut || in_flight::part(name, &mut release));
        let mut act = this.extras.take_act();
        if let (true, Some(act)) = (is_observed, &mut act) {
            act.leave();
            act.cancel();
        }
        jobs.extend(this.extras.take_left());
        jobs.extend(dropped);
        Job::in_order(jobs).named(*name).made(made_at).observed(act)
    }
}

/// Drops the init, and continues by closing what it had made.
#[cold]
fn roll_back<F>(mut state: Pin<&mut State<F>>, extras: &mut Extras, mut error: Error) {
    let mut release = || state.set(State::Done);
    let mut dropped = Vec::new();
    let mut act = extras.take_act();
    if let Some(limit) = extras.overrun() {
        let is_observed = act.as_deref_mut().is_some_and(Act::resume);
        let in_flight = in_flight::watch(|| dropped = drive::release(Phase::Init, &mut release));
        error = Error::timed_out(Phase::Init, limit, in_flight);
        if let (true, Some(act)) = (is_observed, &mut act) {
            act.leave();
            act.fail(&error);
        }
    } else {
        let is_observed = act.as_deref_mut().is_some_and(|act| {
            act.fail(&error);
            act.resume()
        });
        dropped = drive::release(Phase::Init, &mut release);
        if let (true, Some(act)) = (is_observed, &mut act) {
            act.leave();
        }
    }
    let mut jobs = extras.take_left();
    jobs.append(&mut dropped);
    // Without anything to be closed, there is no end of the rollback to be reported.
    if act.is_some() && !jobs.is_empty() {
        extras.set_act(act);
    }
    state.set(State::RollingBack {
        rollback: Job::after_errors(vec![error], jobs),
    });
}
