//! A close that has to run.

use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::contain::contain;
use crate::jobs::background;
use crate::jobs::frame::{self, Frame};
use crate::jobs::stray::Strays;
use crate::label::Label;
use crate::limit::Limit;
use crate::{AObject, BoxError, Error, Phase};

type CloseFuture = Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send>>;

/// A close that has to run, begun or not. Not a future, so that it can be moved at any time.
///
/// It has no `Drop`: whoever owns one must drive it to its end or leave it to a frame.
pub struct Job {
    state: State,
    label: Label,
    begun: bool,
    /// Where the object was made.
    made_at: Option<&'static Location<'static>>,
    /// What the close gave up on its way.
    strays: Strays,
    /// Dropped with the job: tells those who wait that it has ended.
    end: Option<oneshot::Sender<()>>,
}

enum State {
    Closing(CloseFuture),
    /// What the close itself left behind. Boxed, because most leave nothing.
    After(Box<Sequence>),
    Done,
}

impl Job {
    fn with(state: State) -> Self {
        Self { state, label: Label::None, begun: false, made_at: None, strays: Strays::NONE, end: None }
    }

    /// The close of an object.
    pub(crate) fn of_object<T: AObject>(object: T, made_at: &'static Location<'static>) -> Self {
        // The object's own code runs at the first poll, not before.
        let close = Box::pin(async move { object.close().await });
        Self { label: Label::Object(T::blueprint), made_at: Some(made_at), ..Self::of_boxed(close) }
    }

    /// The close of anything else.
    pub(crate) fn of_future<F>(close: F) -> Self
    where
        F: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        Self::of_boxed(Box::pin(close))
    }

    fn of_boxed(close: CloseFuture) -> Self {
        Self::with(State::Closing(close))
    }

    /// One after the other, in order; `None` if there are none.
    pub(crate) fn sequence(mut jobs: Vec<Job>) -> Option<Self> {
        match jobs.len() {
            0 | 1 => jobs.pop(),
            _ => Some(Self::with(State::After(Sequence::boxed(None, jobs)))),
        }
    }

    /// All at the same time; `None` if there are none.
    pub(crate) fn together(mut jobs: Vec<Job>) -> Option<Self> {
        match jobs.len() {
            0 | 1 => jobs.pop(),
            _ => Some(Self::of_future(Together { jobs, errors: Vec::new() })),
        }
    }

    /// The same job, whose errors are named by `label` too.
    pub(crate) fn labelled(self, label: Label) -> Self {
        match self.label {
            Label::None => Self { label, ..self },
            _ => Self { label, ..self.nested() },
        }
    }

    /// The same job, at whose end `end` is dropped too.
    pub(crate) fn ending(self, end: oneshot::Sender<()>) -> Self {
        let job = if self.end.is_some() { self.nested() } else { self };
        Self { end: Some(end), ..job }
    }

    fn nested(self) -> Self {
        let (begun, made_at) = (self.begun, self.made_at);
        Self { begun, made_at, ..Self::with(State::After(Sequence::boxed(None, vec![self]))) }
    }

    /// Gives up after `limit`: that is an error, and the job goes on in the background, named by `label`.
    pub(crate) fn within(self, limit: Duration, label: Label) -> Self {
        Self::of_future(Limited { job: Some(self), limit: Limit::of(limit), label })
    }

    /// The close of a field with a limit, an expression of the user's. If that panics, there is none, and it is told.
    #[must_use]
    pub fn of_field_within(self, limit: impl FnOnce() -> Duration, field: &'static str) -> Self {
        match contain(Phase::Close, limit) {
            Ok(limit) => self.within(limit, Label::Field(field)),
            Err(panic) => Self::with(State::After(Sequence::boxed([panic], vec![self]))),
        }
    }

    /// The path of what is closed, as far as it is known here.
    pub(crate) fn path(&self) -> String {
        self.label.apply("")
    }

    pub(crate) fn made_at(&self) -> Option<&'static Location<'static>> {
        self.made_at
    }

    /// Drives the close, and then what it left behind. Must not be called again after the end.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.begun = true;
        if let State::Closing(_) = self.state {
            ready!(self.poll_close(cx));
        }
        let State::After(after) = &mut self.state else { return Poll::Ready(Ok(())) };
        let errors = ready!(after.poll(cx));
        self.state = State::Done;
        Poll::Ready(Error::merge(errors).map_or(Ok(()), |error| Err(error.named(self.label))))
    }

    /// Drives the close itself. Ready, the state says what is to be done after it.
    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let frame = Frame::open();
        let state = &mut self.state;
        let polled = contain(Phase::Close, || {
            let State::Closing(close) = state else { return Poll::Ready(Ok(())) };
            let polled = close.as_mut().poll(cx);
            // What the future still holds is let go while the frame is open.
            if let Poll::Ready(Ok(())) = polled {
                *state = State::Done;
            }
            polled
        });
        match polled {
            Ok(Poll::Pending) => {
                self.strays.leave(frame.close(), self.label);
                return Poll::Pending;
            }
            Ok(Poll::Ready(Ok(()))) => self.after(None, frame),
            Ok(Poll::Ready(Err(cause))) => self.after_failure(Error::from_cause(Phase::Close, cause), frame),
            Err(panic) => self.after_failure(panic, frame),
        }
        Poll::Ready(())
    }

    #[cold]
    fn after_failure(&mut self, error: Error, frame: Frame) {
        let close = std::mem::replace(&mut self.state, State::Done);
        let dropped = contain(Phase::Close, || drop(close)).err();
        self.after(Some(error.with_related(dropped)), frame);
    }

    #[inline]
    fn after(&mut self, error: Option<Error>, frame: Frame) {
        let left = self.strays.before(frame.close());
        if error.is_some() || !left.is_empty() {
            self.state = State::After(Sequence::boxed(error, left));
        }
    }

    /// Takes apart a job that its runtime dropped: what has not begun can still be closed elsewhere, what has
    /// cannot, for its sockets and timers are gone. Yields an error for each innermost close that is lost.
    pub(crate) fn salvage(self, unbegun: &mut Vec<Job>) -> Vec<Error> {
        if !self.begun {
            unbegun.push(self);
            return Vec::new();
        }
        let (mut errors, jobs) = match self.state {
            State::Closing(close) => {
                let mut strays = self.strays;
                let frame = Frame::open();
                let dropped = contain(Phase::Close, || drop(close)).err();
                (dropped.into_iter().collect(), strays.before(frame.close()))
            }
            State::After(after) => after.into_parts(),
            State::Done => return Vec::new(),
        };
        errors.extend(jobs.into_iter().flat_map(|job| job.salvage(unbegun)));
        if errors.is_empty() {
            errors.push(Error::lost());
        }
        errors.into_iter().map(|error| error.named(self.label)).collect()
    }
}

/// Jobs one after the other; yields what went wrong.
#[derive(Default)]
pub(crate) struct Sequence {
    /// The next one is the last.
    jobs: Vec<Job>,
    errors: Vec<Error>,
}

impl Sequence {
    pub(crate) fn boxed(errors: impl IntoIterator<Item = Error>, jobs: Vec<Job>) -> Box<Self> {
        Box::new(Self::new(errors, jobs))
    }

    pub(crate) fn new(errors: impl IntoIterator<Item = Error>, mut jobs: Vec<Job>) -> Self {
        jobs.reverse();
        Self { jobs, errors: errors.into_iter().collect() }
    }

    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Vec<Error>> {
        while let Some(job) = self.jobs.last_mut() {
            let result = ready!(job.poll(cx));
            self.jobs.pop();
            self.errors.extend(result.err());
        }
        Poll::Ready(std::mem::take(&mut self.errors))
    }

    /// What went wrong so far, and what has not ended, in order.
    pub(crate) fn into_parts(mut self) -> (Vec<Error>, Vec<Job>) {
        self.jobs.reverse();
        (self.errors, self.jobs)
    }
}

/// A job that is waited for only so long.
struct Limited {
    job: Option<Job>,
    limit: Limit,
    /// What holds it, for when it goes on without.
    label: Label,
}

impl Future for Limited {
    type Output = Result<(), BoxError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { job, limit, label } = &mut *self;
        limit.start();
        let Some(unfinished) = job else { return Poll::Ready(Ok(())) };
        if let Poll::Ready(result) = unfinished.poll(cx) {
            *job = None;
            return Poll::Ready(result.map_err(BoxError::from));
        }
        let limit = ready!(limit.poll(cx));
        // Not left to the frame, which would be waited for.
        job.take().into_iter().for_each(|job| background::spawn(job.labelled(*label)));
        Poll::Ready(Err(Error::timed_out(Phase::Close, limit, Vec::new()).into()))
    }
}

impl Drop for Limited {
    fn drop(&mut self) {
        self.job.take().into_iter().for_each(frame::leave);
    }
}

/// Jobs at the same time.
struct Together {
    jobs: Vec<Job>,
    errors: Vec<Error>,
}

impl Future for Together {
    type Output = Result<(), BoxError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { jobs, errors } = &mut *self;
        jobs.retain_mut(|job| match job.poll(cx) {
            Poll::Pending => true,
            Poll::Ready(result) => {
                errors.extend(result.err());
                false
            }
        });
        if !jobs.is_empty() {
            return Poll::Pending;
        }
        Poll::Ready(Error::merge(std::mem::take(errors)).map_or(Ok(()), |error| Err(error.into())))
    }
}

impl Drop for Together {
    fn drop(&mut self) {
        self.jobs.drain(..).for_each(frame::leave);
    }
}
