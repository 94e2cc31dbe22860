//! A close that has to run.

use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::contain::contain;
use crate::frame::{self, Frame};
use crate::label::Label;
use crate::limit::Limit;
use crate::stray::Strays;
use crate::{AObject, BoxError, Error, Phase, background};

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
    /// What the close itself left behind; `None` once all is done.
    After(Sequence),
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
        Self {
            label: Label::Object(T::blueprint),
            made_at: Some(made_at),
            ..Self::with(State::Closing(close))
        }
    }

    /// The close of anything else.
    pub(crate) fn of_future<F>(close: F) -> Self
    where
        F: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        Self::with(State::Closing(Box::pin(close)))
    }

    /// One after the other, in order; `None` if there are none.
    pub(crate) fn sequence(mut jobs: Vec<Job>) -> Option<Self> {
        match jobs.len() {
            0 | 1 => jobs.pop(),
            _ => Some(Self::with(State::After(Sequence::new(None, jobs)))),
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
        Self { begun: self.begun, ..Self::with(State::After(Sequence::new(None, vec![self]))) }
    }

    /// Gives up after `limit`: that is an error, and the job goes on in the background, named by `label`.
    pub(crate) fn within(self, limit: Duration, label: Label) -> Self {
        Self::of_future(Limited { job: Some(self), limit: Limit::of(limit), label })
    }

    /// The close of a field with a limit.
    #[must_use]
    pub fn of_field_within(self, limit: Duration, field: &'static str) -> Self {
        self.within(limit, Label::Field(field))
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
        if let State::Closing(close) = &mut self.state {
            let frame = Frame::open();
            let error = match contain(Phase::Close, || close.as_mut().poll(cx)) {
                Ok(Poll::Pending) => {
                    self.strays.leave(frame.close(), self.label);
                    return Poll::Pending;
                }
                Ok(Poll::Ready(result)) => result.err().map(|cause| Error::from_cause(Phase::Close, cause)),
                Err(panic) => Some(panic),
            };
            // What the future still holds is let go while the frame is open.
            let close = std::mem::replace(&mut self.state, State::Done);
            let dropped = contain(Phase::Close, || drop(close)).err();
            let left = self.strays.before(frame.close());
            self.state = State::After(Sequence::new(error.into_iter().chain(dropped), left));
        }
        let State::After(after) = &mut self.state else { return Poll::Ready(Ok(())) };
        let errors = ready!(after.poll(cx));
        self.state = State::Done;
        Poll::Ready(Error::merge(errors).map_or(Ok(()), |error| Err(error.named(self.label))))
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
