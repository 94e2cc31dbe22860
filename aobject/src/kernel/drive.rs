//! Polls and drops what is the user's, each in a drop scope of its own. `remark` opens one more.

use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::stream::StreamExt;
use tokio::sync::oneshot::{self, error::TryRecvError};

use crate::ground::error::{BoxError, Error, Phase};
use crate::ground::errors::Errors;
use crate::ground::events::around;
use crate::ground::limit::Limit;
use crate::ground::panic::catch_panic;
use crate::ground::path::PathSegment;
use crate::ground::report;
use crate::kernel::callers::{self, Callers};
use crate::kernel::drop_scope::{self, DropScope};
use crate::kernel::job::{Concurrently, Extras, InOrder, Job, Member, Within, Work};
use crate::kernel::remark;

/// Polls code of the user's. A panic becomes a result while the scope is open, since its payload may hold an object;
/// what the code dropped is kept in `extras`, and sent to the background if the code is pending.
#[inline]
pub(crate) fn poll<R>(
    phase: Phase,
    extras: &mut Extras,
    name: impl FnOnce() -> PathSegment,
    panicked: impl FnOnce(Error) -> R,
    poll: impl FnOnce(&mut Extras) -> Poll<R>,
) -> Poll<R> {
    let mut polled = Poll::Pending;
    let poll = |extras: &mut Extras, polled: &mut _| {
        *polled = poll(extras);
        polled.is_pending()
    };
    poll_into(&mut polled, phase, extras, name, panicked, poll);
    polled
}

/// Like [`poll`], but writes the result to `polled`, so that a large one is not moved; `polled` must be pending.
#[inline]
pub(crate) fn poll_into<R>(
    polled: &mut Poll<R>,
    phase: Phase,
    extras: &mut Extras,
    name: impl FnOnce() -> PathSegment,
    panicked: impl FnOnce(Error) -> R,
    poll: impl FnOnce(&mut Extras, &mut Poll<R>) -> bool,
) {
    let scope = DropScope::open();
    let is_pending = match catch_panic(phase, || poll(extras, polled)) {
        Ok(is_pending) => is_pending,
        Err(panic) => {
            *polled = Poll::Ready(panicked(panic));
            false
        }
    };
    scope.close(|dropped| extras.receive(dropped, is_pending, name()));
}

/// Drops what is the user's; yields what that left, a panic in it included.
pub(crate) fn release(phase: Phase, drop: &mut dyn FnMut()) -> Vec<Job> {
    let scope = DropScope::open();
    let released = catch_panic(phase, drop);
    let mut left = Vec::new();
    scope.close(|dropped| left = dropped);
    match released {
        Ok(()) => left,
        Err(panic) => vec![Job::after_errors(vec![panic], left)],
    }
}

/// Polls the future of one close, which is `None` once it has ended; `extras` has what it left then.
#[inline]
pub(crate) fn poll_close<C>(
    mut close: Pin<&mut Option<C>>,
    extras: &mut Extras,
    name: impl FnOnce() -> PathSegment,
    cx: &mut Context<'_>,
) -> Poll<Result<(), Error>>
where
    C: Future<Output = Result<(), BoxError>>,
{
    let polled = poll(Phase::Close, extras, name, Err, |_| {
        let Some(running) = close.as_mut().as_pin_mut() else {
            return Poll::Ready(Ok(()));
        };
        let polled = running.poll(cx);
        // What the future still holds is dropped while the scope is open.
        if let Poll::Ready(Ok(())) = polled {
            close.set(None);
        }
        polled.map_err(|cause| Error::from_cause(Phase::Close, cause))
    });
    if let Poll::Ready(Err(_)) = polled {
        release_failed(extras, &mut || close.set(None));
    }
    polled
}

#[cold]
fn release_failed(extras: &mut Extras, drop_close: &mut dyn FnMut()) {
    extras.keep(release(Phase::Close, drop_close));
}

impl Extras {
    /// Keeps what the future of that name dropped, or sends it to the background if the future is pending.
    #[cold]
    pub(crate) fn receive(&mut self, mut dropped: Vec<Job>, is_pending: bool, name: PathSegment) {
        remark::forward(&mut dropped, name);
        if dropped.is_empty() {
            return;
        }
        if is_pending {
            self.run_beside(dropped, name);
        } else {
            self.keep(dropped);
        }
    }

    /// Sends what a pending future dropped to the background, as one ordered job.
    fn run_beside(&mut self, jobs: Vec<Job>, name: PathSegment) {
        let (end, ended) = oneshot::channel();
        let beside = &mut self.inner().beside;
        if beside.len() == beside.capacity() {
            beside.retain_mut(|job| job.try_recv() == Err(TryRecvError::Empty));
            // Doubles at least before it is looked at again.
            beside.reserve(beside.len() + 4);
        }
        beside.push(ended);
        let job = Job::in_order(jobs).named(name).ending(end);
        let job = job.on_behalf_of(Callers::current().in_the_end());
        // Not to the drop scope above: its owner may be waiting for this very future.
        drop_scope::outside(|| drop(job));
    }
}

impl Job {
    /// Drives the close, and then what it left. Must not be called again after the end.
    #[inline]
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        if self.extras.is_none() {
            return self.poll_work(cx);
        }
        self.poll_for_callers(cx)
    }

    #[cold]
    fn poll_for_callers(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let callers = mem::take(&mut self.extras.inner().callers);
        self.extras.enter();
        let polled = callers.around(|| self.poll_work(cx));
        self.extras.leave();
        self.extras.inner().callers = callers;
        polled
    }

    fn poll_work(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.begun = true;
        let Self {
            work, extras, name, ..
        } = self;
        let Work::Close(close) = work else {
            return self.poll_combined(cx);
        };
        match poll_close(Pin::new(close), extras, || *name, cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Ok(())) if extras.is_none() => Poll::Ready(Ok(())),
            Poll::Ready(result) => self.poll_left(result, cx),
        }
    }

    #[cold]
    fn poll_left(
        &mut self,
        result: Result<(), Error>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Error>> {
        let left = self.extras.take_left();
        if left.is_empty() {
            return Poll::Ready(self.end(result));
        }
        self.continue_with(result.err(), left);
        self.poll_combined(cx)
    }

    fn poll_combined(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let work = &mut self.work;
        let mut poll = || match work {
            Work::Wait(wait) => wait.as_mut().poll(cx),
            Work::InOrder(jobs) => jobs.poll(cx),
            Work::Concurrently(jobs) => jobs.poll(cx),
            Work::Within(within) => within.poll(cx),
            Work::Remark(error) => {
                drop(Self::remark(error.clone()));
                Poll::Ready(Ok(()))
            }
            Work::Close(_) | Work::Released(_) | Work::Ended => Poll::Ready(Ok(())),
        };
        let result = ready!(match self.name {
            PathSegment::None => poll(),
            name => remark::apart(name, poll),
        });
        self.work = Work::Ended;
        Poll::Ready(self.end(result))
    }

    /// The result under the name of the job.
    fn end(&mut self, result: Result<(), Error>) -> Result<(), Error> {
        if let Some(act) = self.extras.act() {
            act.end(result.as_ref().copied());
        }
        result.map_err(|error| error.named(&self.name).made(self.made_at()))
    }

    /// Closes what the close left; keeps its own name and waiters, and theirs.
    #[cold]
    fn continue_with(&mut self, error: Option<Error>, left: impl IntoIterator<Item = Job>) {
        let left = Vec::from_iter(left);
        if !left.is_empty() {
            let mut rest = Job::after_errors(Vec::from_iter(error), left);
            self.work = mem::replace(&mut rest.work, Work::Ended);
        }
    }

    /// Keeps of a job that its runtime dropped what can still be closed elsewhere: what has begun cannot, since its
    /// sockets and timers are gone. Adds what went wrong so far, and an error for each innermost close that is lost.
    pub(crate) fn salvage(&mut self, errors: &mut Vec<Error>) {
        if !self.begun {
            return;
        }
        let mut own = Vec::new();
        match &mut self.work {
            Work::Close(close) if close.is_some() => {
                let (lost, left) = salvage_begun(&mut self.extras, &mut || *close = None);
                own = lost;
                self.continue_with(None, (!left.has_ended()).then_some(left));
            }
            Work::InOrder(jobs) => {
                jobs.patience.iter_mut().for_each(Limit::leave_runtime);
                own.extend(jobs.errors.take_all());
                jobs.jobs
                    .iter_mut()
                    .rev()
                    .for_each(|job| job.salvage(&mut own));
                jobs.jobs.retain(|job| !job.has_ended());
                if jobs.jobs.is_empty() {
                    self.work = Work::Ended;
                }
            }
            Work::Concurrently(jobs) => {
                own.extend(jobs.errors.take_all());
                let members = mem::take(&mut jobs.members);
                jobs.members = members
                    .into_iter()
                    .filter_map(|member| member.salvage(&mut own))
                    .collect();
                if jobs.members.is_empty() {
                    self.work = Work::Ended;
                }
            }
            Work::Within(within) => {
                within.limit.iter_mut().for_each(Limit::leave_runtime);
                own.extend(within.error.take());
                within.job.salvage(&mut own);
                if within.job.has_ended() {
                    self.work = Work::Ended;
                }
            }
            Work::Close(_) | Work::Wait(_) | Work::Released(_) | Work::Remark(_) | Work::Ended => {}
        }
        if self.has_ended() {
            // What has begun, and is not finished elsewhere, is lost.
            drop(self.extras.take_act());
        }
        let made_at = self.made_at();
        errors.extend(
            own.into_iter()
                .map(|error| error.named(&self.name).made(made_at)),
        );
    }
}

/// Drops a close that has begun; yields the errors of what is lost, and what it left that can still be closed.
pub(super) fn salvage_begun(
    extras: &mut Extras,
    drop_close: &mut dyn FnMut(),
) -> (Vec<Error>, Job) {
    let mut jobs = extras.take_left();
    jobs.append(&mut release(Phase::Close, drop_close));
    let mut left = Job::in_order(jobs);
    let mut errors = Vec::new();
    left.salvage(&mut errors);
    if errors.is_empty() {
        errors.push(Error::lost());
    }
    (errors, left)
}

impl InOrder {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        if self.begun > 0 {
            self.poll_begun(cx, false);
        }
        while let Some(job) = self.jobs.last_mut() {
            let Poll::Ready(result) = job.poll(cx) else {
                if self.is_out_of_patience(cx) {
                    self.poll_begun(cx, true);
                }
                return Poll::Pending;
            };
            self.jobs.pop();
            self.errors.extend(result.err());
        }
        Poll::Ready(mem::take(&mut self.errors).into_result())
    }

    /// Once.
    fn is_out_of_patience(&mut self, cx: &mut Context<'_>) -> bool {
        let over = self.patience.as_mut().is_some_and(|limit| {
            // Without a timer, there is no patience.
            catch_panic(Phase::Close, || limit.poll(cx)).map_or(true, |polled| polled.is_ready())
        });
        if over {
            self.patience = None;
        }
        over
    }

    /// Polls what has begun, or with `all`, begins the rest, too.
    fn poll_begun(&mut self, cx: &mut Context<'_>, all: bool) {
        let Self {
            jobs,
            begun,
            errors,
            ..
        } = self;
        let next = jobs.len().saturating_sub(1);
        let mut at = 0;
        *begun = 0;
        jobs.retain_mut(|job| {
            let is_next = at == next;
            at += 1;
            if is_next || !(job.begun || all) {
                return true;
            }
            match job.poll(cx) {
                Poll::Pending => *begun += 1,
                Poll::Ready(result) => {
                    errors.extend(result.err());
                    return false;
                }
            }
            true
        });
    }
}

impl Concurrently {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        while let Some(result) = ready!(self.members.poll_next_unpin(cx)) {
            self.errors.extend(result.err());
        }
        Poll::Ready(mem::take(&mut self.errors).into_result())
    }
}

impl Future for Member {
    type Output = Result<(), Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { job, name } = &mut *self;
        let polled = around::at(name, || remark::apart(*name, || job.poll(cx)));
        let result = ready!(polled);
        Poll::Ready(result.map_err(|error| error.named(name)))
    }
}

impl Member {
    /// `None` if nothing is left of it.
    fn salvage(mut self, errors: &mut Vec<Error>) -> Option<Self> {
        let mut own = Vec::new();
        self.job.salvage(&mut own);
        errors.extend(own.into_iter().map(|error| error.named(&self.name)));
        (!self.job.has_ended()).then_some(self)
    }
}

impl Within {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let Self {
            job,
            limit,
            holder,
            error,
        } = self;
        // Outside a runtime with a timer the limit panics, and the close runs without one.
        if let Err(panic) = catch_panic(Phase::Close, || limit.iter_mut().for_each(Limit::start)) {
            (*limit, *error) = (None, Some(panic.named(job.segment())));
        }
        // The holder does not wait for it beyond the limit, so it is not the holder's cell that asks in there.
        if let Poll::Ready(result) = callers::within(None, || job.poll(cx)) {
            if let Some(overrun) = limit.as_ref().and_then(Limit::overrun) {
                let error = Error::timed_out(Phase::Close, overrun, Vec::new());
                report::overrun(&error.named(job.segment()).named(holder), job.made_at());
            }
            let errors: Errors = error.take().into_iter().chain(result.err()).collect();
            return Poll::Ready(errors.into_result());
        }
        let Some(running) = limit else {
            return Poll::Pending;
        };
        let polled = match catch_panic(Phase::Close, || running.poll(cx)) {
            Ok(polled) => polled,
            Err(panic) => {
                (*limit, *error) = (None, Some(panic.named(job.segment())));
                return Poll::Pending;
            }
        };
        let limit = ready!(polled);
        let error = Error::timed_out(Phase::Close, limit, Vec::new()).named(job.segment());
        // Not to the drop scope, whose owner would wait for it.
        drop_scope::outside(|| drop(job.take().named(*holder)));
        Poll::Ready(Err(error))
    }
}
