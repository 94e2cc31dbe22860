//! The init of a field whose failure is not the end: another attempt follows, or the object does without it.

use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::time::{Sleep, sleep};

use crate::ground::blueprint::Blueprint;
use crate::ground::error::{BoxError, Error, Phase};
use crate::ground::events::acts;
use crate::ground::events::observers::is_observed;
use crate::ground::path::PathSegment;
use crate::ground::report;
use crate::handles::object::AObject;
use crate::kernel::attempt::Attempt;
use crate::kernel::graph::start::{Delays, Field, Making};

/// The type of an `optional` field.
#[diagnostic::on_unimplemented(
    message = "an `optional` field must be an `Option`, but `{Self}` is not",
    label = "write `Option<{Self}>`"
)]
pub trait Optional {
    /// What its `init` makes.
    type Value;

    /// As a value of the field.
    fn of(value: Option<Self::Value>) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T> Optional for Option<T> {
    type Value = T;

    fn of(value: Option<T>) -> Self {
        value
    }
}

/// Asks for it.
pub const fn optional_field<T: Optional>() {}

/// Where the value of a field goes.
pub trait Place {
    /// What an attempt makes.
    type Value;

    /// Whether the caller of `new` has given it.
    fn is_filled(&self) -> bool;

    /// An attempt succeeded.
    fn fill(&mut self, value: Self::Value);

    /// The last attempt failed. Yields whether the object does without.
    fn give_up(&mut self) -> bool;
}

impl<T> Place for &mut Option<T> {
    type Value = T;

    fn is_filled(&self) -> bool {
        self.is_some()
    }

    fn fill(&mut self, value: T) {
        **self = Some(value);
    }

    fn give_up(&mut self) -> bool {
        false
    }
}

impl<T> Place for &OnceLock<T> {
    type Value = T;

    fn is_filled(&self) -> bool {
        self.get().is_some()
    }

    fn fill(&mut self, value: T) {
        // Empty until now: a slot has one field.
        drop(self.set(value));
    }

    fn give_up(&mut self) -> bool {
        false
    }
}

/// See [`or_none`].
pub struct OrNone<P>(P);

/// The place of an `optional` field.
pub fn or_none<P: Place<Value: Optional>>(place: P) -> OrNone<P> {
    OrNone(place)
}

impl<P: Place<Value: Optional>> Place for OrNone<P> {
    type Value = <P::Value as Optional>::Value;

    fn is_filled(&self) -> bool {
        self.0.is_filled()
    }

    fn fill(&mut self, value: Self::Value) {
        self.0.fill(Optional::of(Some(value)));
    }

    fn give_up(&mut self) -> bool {
        self.0.fill(Optional::of(None));
        true
    }
}

/// How reports name a field.
#[derive(Clone, Copy)]
pub struct FieldOf {
    object: fn() -> Blueprint,
    name: &'static str,
}

impl FieldOf {
    /// A field of `T`.
    #[must_use]
    pub fn new<T: AObject>(name: &'static str) -> Self {
        Self {
            object: T::blueprint,
            name,
        }
    }

    fn name(self, error: Error) -> Error {
        let error = error.named(&PathSegment::Field(self.name));
        error.named(&PathSegment::Object(self.object))
    }
}

/// A field to be made in one attempt.
///
/// # Panics
///
/// Never: it has its attempt.
pub fn attempt<'a, P, F>(field: FieldOf, place: P, init: F) -> Field<'a>
where
    P: Place<Value: Send> + Send + 'a,
    F: Future<Output = Result<P::Value, BoxError>> + Send + 'a,
{
    let mut init = Some(init);
    let make = move || init.take().expect("without delays, there is one attempt");
    attempts(field, place, make)
}

/// A field to be made in as many attempts as it takes, or as its delays allow.
pub fn attempts<'a, P, M, F>(field: FieldOf, place: P, mut make: M) -> Field<'a>
where
    P: Place<Value: Send> + Send + 'a,
    M: FnMut() -> F + Send + 'a,
    F: Future<Output = Result<P::Value, BoxError>> + Send + 'a,
{
    let attempt = Attempt::new(make());
    let retries = Retries {
        field,
        make,
        delays: None,
        number: 1,
        attempt,
        delay: None,
    };
    Field::new(Box::pin(Tried {
        field,
        place,
        attempts: None,
        all: Attempt::new(retries),
    }))
}

pin_project! {
    /// All attempts together, within one limit.
    struct Tried<'a, P, M, F> {
        field: FieldOf,
        place: P,
        // How many have begun, where there may be several.
        attempts: Option<usize>,
        #[pin]
        all: Attempt<Retries<'a, M, F>>,
    }

    impl<P, M, F> PinnedDrop for Tried<'_, P, M, F> {
        fn drop(this: Pin<&mut Self>) {
            drop(this.project().all.abandon(&PathSegment::None, None));
        }
    }
}

impl<P, M, F> Future for Tried<'_, P, M, F>
where
    P: Place,
    M: FnMut() -> F,
    F: Future<Output = Result<P::Value, BoxError>>,
{
    type Output = Result<(), BoxError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if this.place.is_filled() {
            return Poll::Ready(Ok(()));
        }
        let attempts = this.attempts;
        let polled = this.all.poll(
            || PathSegment::None,
            cx,
            |mut retries, cx| {
                let polled = retries.as_mut().poll(cx);
                *attempts = retries.delays.is_some().then_some(retries.number);
                polled
            },
        );
        match ready!(polled) {
            Ok(value) => this.place.fill(value),
            Err(error) => {
                let error = error.after_attempts(*attempts);
                if !this.place.give_up() {
                    return Poll::Ready(Err(error.into()));
                }
                report::done_without(&this.field.name(error));
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl<'a, P, M, F> Making<'a> for Tried<'a, P, M, F>
where
    P: Place,
    M: FnMut() -> F,
    F: Future<Output = Result<P::Value, BoxError>>,
{
    /// The attempts are rolled back at its end, which the field must wait for if it is optional.
    fn keep_limit(self: Pin<&mut Self>, limit: Duration) -> bool {
        self.project().all.limit(limit);
        true
    }

    fn keep_delays(self: Pin<&mut Self>, delays: Delays<'a>) {
        let all = self.project().all;
        if let Some(retries) = all.init() {
            *retries.project().delays = Some(delays);
        }
    }
}

pin_project! {
    /// One attempt after the other. Ready with the error of the last one, once that has been rolled back.
    struct Retries<'a, M, F> {
        field: FieldOf,
        make: M,
        delays: Option<Delays<'a>>,
        // That of the current attempt, from 1.
        number: usize,
        #[pin]
        attempt: Attempt<F>,
        // Before the next attempt.
        delay: Option<Pin<Box<Sleep>>>,
    }

    impl<M, F> PinnedDrop for Retries<'_, M, F> {
        fn drop(this: Pin<&mut Self>) {
            drop(this.project().attempt.abandon(&PathSegment::None, None));
        }
    }
}

impl<M, F, T> Future for Retries<'_, M, F>
where
    M: FnMut() -> F,
    F: Future<Output = Result<T, BoxError>>,
{
    type Output = Result<T, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            if let Some(delay) = this.delay {
                ready!(delay.as_mut().poll(cx));
                *this.delay = None;
                *this.number += 1;
                this.attempt.set(Attempt::new((this.make)()));
            }
            let polled = this.attempt.as_mut().poll(
                || PathSegment::None,
                cx,
                |init, cx| {
                    init.poll(cx)
                        .map_err(|cause| Error::from_cause(Phase::Init, cause))
                },
            );
            let error = match ready!(polled) {
                Ok(value) => return Poll::Ready(Ok(value)),
                Err(error) => error,
            };
            let Some(delay) = this.delays.as_mut().and_then(Iterator::next) else {
                return Poll::Ready(Err(error));
            };
            report::retried(&this.field.name(error), *this.number, delay);
            if is_observed() {
                acts::retrying(*this.number, delay);
            }
            *this.delay = Some(Box::pin(sleep(delay)));
        }
    }
}
