//! A close that has to run.

use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::contain::contain;
use crate::jobs::frame::Frame;
use crate::jobs::limited::Limited;
use crate::jobs::sequence::Sequence;
use crate::jobs::stray::Strays;
use crate::jobs::together::Together;
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

    /// The same job, of an object that was made there.
    pub(crate) fn made(self, made_at: Option<&'static Location<'static>>) -> Self {
        Self { made_at, ..self }
    }

    /// One after the other, in order; `None` if there are none.
    pub(crate) fn sequence(mut jobs: Vec<Job>) -> Option<Self> {
        match jobs.len() {
            0 | 1 => jobs.pop(),
            _ => Some(Self::failed(Vec::new(), jobs)),
        }
    }

    /// The same, after something has gone wrong already.
    pub(crate) fn failed(errors: Vec<Error>, jobs: Vec<Job>) -> Self {
        // Begun with the first of them, so that salvage looks at each.
        let begun = !errors.is_empty() || jobs.iter().any(|job| job.begun);
        Self { begun, ..Self::with(State::After(Sequence::boxed(errors, jobs))) }
    }

    /// The same job, after others.
    pub(crate) fn behind(mut others: Vec<Job>, job: Job) -> Self {
        if others.is_empty() {
            return job;
        }
        let made_at = job.made_at;
        others.push(job);
        Self::failed(Vec::new(), others).made(made_at)
    }

    /// All at the same time, each with what it is called here.
    pub(crate) fn together(jobs: impl IntoIterator<Item = (Label, Job)>) -> Self {
        let mut begun = false;
        let jobs = jobs.into_iter().inspect(|(_, job)| begun |= job.begun).collect::<Together>();
        Self { begun, ..Self::of_future(jobs) }
    }

    /// Nothing to be closed.
    pub(crate) fn nothing() -> Self {
        Self::with(State::Done)
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
        Self { made_at: self.made_at, ..Self::failed(Vec::new(), vec![self]) }
    }

    /// Gives up after `limit`: that is an error, and the job goes on in the background, named by `label`. The limit is
    /// an expression of the user's; if it panics, there is none, and that is told.
    pub(crate) fn within(self, limit: impl FnOnce() -> Duration, label: Label) -> Self {
        match contain(Phase::Close, limit) {
            Ok(limit) => Self::of_future(Limited { job: Some(self), limit: Limit::of(limit), label }),
            Err(panic) => Self::failed(vec![panic], vec![self]),
        }
    }

    /// The close of a field with a limit.
    #[must_use]
    pub fn of_field_within(self, limit: impl FnOnce() -> Duration, field: &'static str) -> Self {
        self.within(limit, Label::Field(field))
    }

    /// The path of what is closed, as far as it is known here.
    pub(crate) fn path(&self) -> String {
        self.label.apply("")
    }

    pub(crate) fn has_begun(&self) -> bool {
        self.begun
    }

    pub(crate) fn has_ended(&self) -> bool {
        matches!(self.state, State::Done)
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
