//! The close of a derived object: [`kernel::graph::end`](crate::kernel::graph::end) over a [`Plan`].
//!
//! A guard that holds parts or a finished object closes them when it is dropped. So a derived type needs no code for
//! rollback: a failed init drops its locals, and that is the rollback.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::derive::parts::{Derived, Plan, made, taken};
use crate::ground::error::BoxError;
use crate::ground::path::PathSegment;
use crate::handles::closing::Closing;
use crate::kernel::graph::Down;
use crate::kernel::graph::end::{self, Guard, Parts};
use crate::kernel::job::Job;

/// The parts of a derived type.
struct Of<T: Derived>(T::Parts);

impl<T: Derived> Parts for Of<T> {
    type Graph = &'static Plan;
    type Agenda = Down;
    type States = T::States;

    #[inline]
    fn members(&self) -> usize {
        T::PLAN.names.len()
    }

    #[inline]
    fn walk(&self) -> (&'static Plan, Down, T::States) {
        (T::PLAN, Down, T::STATES)
    }

    #[inline]
    fn close_part(&mut self, at: usize) -> Option<Job> {
        T::close_field(&mut self.0, at)
    }
}

/// The future of the close of all fields.
///
/// Dropping it hands over what has not ended.
#[must_use = "a future"]
pub struct Teardown<T: Derived>(end::Teardown<Of<T>>);

impl<T: Derived> Teardown<T> {
    /// Of a finished object.
    #[inline]
    pub fn of(object: T) -> Self {
        Self(end::Teardown::of(Of(object.take_apart())))
    }
}

impl<T: Derived> Future for Teardown<T> {
    type Output = Result<(), BoxError>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx)
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

/// What the sync constructor of a derived type leaves: the parts made so far, and the slots for the rest.
pub struct Seed<T: Derived>(Guard<Of<T>>);

impl<T: Derived> Seed<T> {
    /// From now on, dropping it closes what is in the slots.
    #[inline]
    pub fn new(parts: T::Parts) -> Self {
        Self(Guard::new(Of(parts)))
    }

    /// The slots.
    #[inline]
    pub fn parts(&mut self) -> &mut T::Parts {
        &mut self.0.parts().0
    }

    /// Gives up the duty to close the parts.
    #[inline]
    pub fn into_parts(self) -> T::Parts {
        self.0.into_parts().0
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
