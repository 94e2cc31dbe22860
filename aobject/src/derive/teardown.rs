//! The close of a derived object: its fields along their graph backwards, in one task.
//!
//! A guard that holds parts or a finished object closes them when it is dropped. So a derived type needs no code for
//! rollback: that of a failed init is its locals being dropped.

use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::derive::parts::{Derived, Plan, State, made, taken};
use crate::ground::error::{BoxError, Error};
use crate::ground::path::PathSegment;
use crate::ground::report;
use crate::handles::closing::Closing;
use crate::kernel::job::Job;

/// The future of the close of all fields.
///
/// Dropping it leaves what has not ended to whoever is next to own it.
#[must_use = "a future"]
pub struct Teardown<T: Derived> {
    /// `None` once all is closed.
    parts: Option<T::Parts>,
    /// `None` until a field has a close.
    begun: Option<Begun<T::States>>,
}

struct Begun<S> {
    states: S,
    errors: Vec<Error>,
}

/// Nothing in it is pinned.
impl<T: Derived> Unpin for Teardown<T> {}

impl<T: Derived> Teardown<T> {
    /// Of a finished object.
    #[inline]
    pub fn of(object: T) -> Self {
        Self::of_parts(object.take_apart())
    }

    /// Of whatever parts have been made.
    #[inline]
    pub fn of_parts(parts: T::Parts) -> Self {
        Self {
            parts: Some(parts),
            begun: None,
        }
    }

    /// Drops the fields up to the first that has a close; false if none has. It knows the type and keeps no states:
    /// 140 instructions less for an object whose fields are merely dropped.
    #[inline]
    fn begin(&mut self) -> bool {
        let Some(parts) = &mut self.parts else {
            return false;
        };
        for (index, &at) in T::PLAN.order.iter().enumerate() {
            if let Some(job) = T::close_field(parts, at) {
                let mut states = T::STATES;
                begin_at(&T::PLAN, states.as_mut(), index, job);
                let errors = Vec::new();
                self.begun = Some(Begun { states, errors });
                return true;
            }
        }
        self.parts = None;
        false
    }

    /// Closes what can be closed, or without a context, only finds out what there is to close. True once all
    /// is closed.
    #[inline]
    fn advance(&mut self, cx: Option<&mut Context<'_>>) -> bool {
        if self.begun.is_none() && !self.begin() {
            return true;
        }
        self.advance_begun(cx)
    }

    fn advance_begun(&mut self, cx: Option<&mut Context<'_>>) -> bool {
        let (Some(parts), Some(begun)) = (&mut self.parts, &mut self.begun) else {
            return true;
        };
        let close_field = &mut |index| T::close_field(parts, index);
        let states = begun.states.as_mut();
        let all_closed = advance(&T::PLAN, states, &mut begun.errors, close_field, cx);
        if all_closed {
            self.parts = None;
        }
        all_closed
    }

    /// Leaves the rest of the close; what needs no waiting is done at once.
    #[cold]
    fn leave(&mut self) {
        let (mut errors, mut jobs) = (Vec::new(), Vec::new());
        if let Some(begun) = &mut self.begun {
            errors = mem::take(&mut begun.errors);
            jobs.extend(take_begun(&T::PLAN, begun.states.as_mut()));
        }
        if !self.advance(None) {
            jobs.push(Job::of_future(Self {
                parts: self.parts.take(),
                begun: self.begun.take(),
            }));
        }
        if !jobs.is_empty() || !errors.is_empty() {
            drop(Job::after_errors(errors, jobs));
        }
    }
}

impl<T: Derived> Future for Teardown<T> {
    type Output = Result<(), BoxError>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if !self.advance(Some(cx)) {
            return Poll::Pending;
        }
        Poll::Ready(match &mut self.begun {
            Some(begun) if !begun.errors.is_empty() => failed(&mut begun.errors),
            _ => Ok(()),
        })
    }
}

impl<T: Derived> Drop for Teardown<T> {
    #[inline]
    fn drop(&mut self) {
        if self.parts.is_some() {
            self.leave();
        }
    }
}

/// The close of a type with a `close_timeout`.
///
/// # Errors
///
/// Those of the close, and the limit's.
pub fn close_within<T, F>(
    limit: impl FnOnce() -> Duration,
    close: F,
) -> impl Future<Output = Result<(), BoxError>> + Send
where
    T: Derived,
    F: Future<Output = Result<(), BoxError>> + Send + 'static,
{
    let closing =
        Closing::of(Job::of_future(close).within(limit, PathSegment::Object(T::blueprint)));
    async move { Ok(closing.await?) }
}

/// Compiled once, not for each type.
#[cold]
fn failed(errors: &mut Vec<Error>) -> Result<(), BoxError> {
    Error::merge(mem::take(errors)).map_or(Ok(()), |error| Err(error.into()))
}

/// The close of the field at this place of the order is `job`, and those before it are closed.
#[cold]
fn begin_at(plan: &Plan, states: &mut [State], index: usize, job: Job) {
    for &closed in &plan.order[..index] {
        states[closed] = State::Closed;
    }
    states[plan.order[index]] = State::Closing(job);
}

/// One pass is enough: users come first, so what is closed in it is seen by all that wait for it.
fn advance(
    plan: &Plan,
    states: &mut [State],
    errors: &mut Vec<Error>,
    close_field: &mut dyn FnMut(usize) -> Option<Job>,
    mut cx: Option<&mut Context<'_>>,
) -> bool {
    let mut all_closed = true;
    for &at in plan.order {
        let is_closed = |&user: &usize| matches!(states[user], State::Closed);
        if matches!(states[at], State::Waiting) && plan.users[at].iter().all(is_closed) {
            states[at] = close_field(at).map_or(State::Closed, State::Closing);
        }
        if let State::Closing(job) = &mut states[at]
            && let Some(others) = job.others()
        {
            report_still_shared(plan, at, others);
            states[at] = State::Closed;
        }
        if let (State::Closing(job), Some(cx)) = (&mut states[at], &mut cx)
            && let Poll::Ready(result) = job.poll(cx)
        {
            errors.extend(
                result
                    .err()
                    .map(|error| error.named(&PathSegment::Field(plan.names[at]))),
            );
            states[at] = State::Closed;
        }
        all_closed &= matches!(states[at], State::Closed);
    }
    all_closed
}

/// The share of the object is released, and the object is not closed: others hold it.
#[cold]
fn report_still_shared(plan: &Plan, at: usize, others: usize) {
    let error = Error::still_shared(others).named(&PathSegment::Field(plan.names[at]));
    report::still_shared(&error.named(&PathSegment::Object(plan.object)));
}

/// Those that are being closed, as one job.
fn take_begun(plan: &Plan, states: &mut [State]) -> Option<Job> {
    let begun = states
        .iter_mut()
        .zip(plan.names)
        .filter_map(|(state, name)| match mem::replace(state, State::Closed) {
            State::Closing(job) => Some((PathSegment::Field(name), job)),
            other => {
                *state = other;
                None
            }
        });
    let mut begun = begun.peekable();
    begun.peek().is_some().then(|| Job::concurrently(begun))
}

/// What the sync constructor of a derived type leaves: the parts made so far, and the slots for the rest.
pub struct Seed<T: Derived>(Option<T::Parts>);

impl<T: Derived> Seed<T> {
    /// From now on, dropping it closes what is in the slots.
    #[inline]
    pub fn new(parts: T::Parts) -> Self {
        Self(Some(parts))
    }

    /// The slots.
    #[inline]
    pub fn parts(&mut self) -> &mut T::Parts {
        made(self.0.as_mut())
    }

    /// Gives up the duty to close the parts.
    #[inline]
    pub fn into_parts(mut self) -> T::Parts {
        taken(self.0.take())
    }
}

impl<T: Derived> Drop for Seed<T> {
    fn drop(&mut self) {
        if let Some(parts) = self.0.take() {
            drop(Teardown::<T>::of_parts(parts));
        }
    }
}

/// A finished object whose hook is still to run. Dropping it closes its fields, without the close hook.
pub struct Assembled<T: Derived>(Option<T>);

impl<T: Derived> Assembled<T> {
    /// From now on, dropping it closes the fields.
    pub fn new(object: T) -> Self {
        Self(Some(object))
    }

    /// The object.
    pub fn object(&mut self) -> &mut T {
        made(self.0.as_mut())
    }

    /// Gives up the duty to close the fields.
    pub fn into_object(mut self) -> T {
        taken(self.0.take())
    }
}

impl<T: Derived> Drop for Assembled<T> {
    fn drop(&mut self) {
        if let Some(object) = self.0.take() {
            drop(Teardown::of(object));
        }
    }
}
