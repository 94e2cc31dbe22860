//! The async init of a derived object: its fields along their graph, in one task.

use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;

use crate::ground::error::{BoxError, Error, Phase};
use crate::ground::in_flight;
use crate::ground::limit::Limit;
use crate::ground::panic::catch_panic;
use crate::ground::path::PathSegment;
use crate::kernel::doom;
use crate::kernel::drive;
use crate::kernel::job::Job;

/// What is known at compile time of a field with an `init`.
pub struct Start {
    /// As declared.
    pub name: &'static str,
    /// The fields with an `init` that it waits for, as places in the order of start.
    pub needs: &'static [usize],
}

/// The init of one field, which fills the field's slot.
pub(super) trait Making<'a>: Future<Output = Result<(), BoxError>> {
    /// Takes over the limit; false if the field itself is to keep it.
    fn keep_limit(self: Pin<&mut Self>, _limit: Duration) -> bool {
        false
    }

    /// Takes over the delays between attempts.
    fn keep_delays(self: Pin<&mut Self>, _delays: Delays<'a>) {}
}

/// How long to wait before each further attempt.
pub(super) type Delays<'a> = Box<dyn Iterator<Item = Duration> + Send + 'a>;

type Init<'a> = Pin<Box<dyn Making<'a> + Send + 'a>>;

/// A field that is being made.
pub struct Field<'a> {
    /// Fills the field's slot. `None` once it has.
    init: Option<Init<'a>>,
    begun: bool,
    /// Its error is certain, and on its way.
    doomed: bool,
    limit: Option<Box<Limit>>,
}

/// A field to be made. Boxed here: otherwise every parent's future would hold all of its children's, and the
/// compiler's proof that it is `Send` would go through all of them.
pub fn field<'a, T, F>(slot: &'a mut Option<T>, init: F) -> Field<'a>
where
    T: Send,
    F: Future<Output = Result<T, BoxError>> + Send + 'a,
{
    Field::new(Box::pin(Fill {
        put: move |value| *slot = Some(value),
        init,
    }))
}

/// A field to be made that others wait for, and borrow.
pub fn shared_field<'a, T, F>(slot: &'a OnceLock<T>, init: F) -> Field<'a>
where
    T: Send + Sync,
    F: Future<Output = Result<T, BoxError>> + Send + 'a,
{
    // Empty until now: a slot has one field.
    Field::new(Box::pin(Fill {
        put: move |value| drop(slot.set(value)),
        init,
    }))
}

pin_project! {
    /// Not an `async` block around the user's: one for each field would be much to compile.
    struct Fill<P, F> {
        put: P,
        #[pin]
        init: F,
    }
}

impl<T, P, F> Future for Fill<P, F>
where
    P: FnMut(T),
    F: Future<Output = Result<T, BoxError>>,
{
    type Output = Result<(), BoxError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        (this.put)(ready!(this.init.poll(cx))?);
        Poll::Ready(Ok(()))
    }
}

impl<'a, T, P, F> Making<'a> for Fill<P, F>
where
    P: FnMut(T),
    F: Future<Output = Result<T, BoxError>>,
{
}

impl<'a> Field<'a> {
    pub(super) fn new(init: Init<'a>) -> Self {
        Field {
            init: Some(init),
            begun: false,
            doomed: false,
            limit: None,
        }
    }

    /// Sets its `init_timeout`.
    #[must_use]
    pub fn within(mut self, limit: Duration) -> Self {
        if let Some(init) = &mut self.init
            && !init.as_mut().keep_limit(limit)
        {
            self.limit = Some(Box::new(Limit::of(limit)));
        }
        self
    }

    /// Sets its `retry`.
    #[must_use]
    pub fn retry<I>(mut self, delays: I) -> Self
    where
        I: IntoIterator<Item = Duration, IntoIter: Send + 'a>,
    {
        if let Some(init) = &mut self.init {
            init.as_mut().keep_delays(Box::new(delays.into_iter()));
        }
        self
    }

    fn is_made(&self) -> bool {
        self.init.is_none()
    }

    /// Ready when it is made; it must not be before.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let Some(init) = &mut self.init else {
            return Poll::Ready(Ok(()));
        };
        self.begun = true;
        doom::clear();
        let limit = &mut self.limit;
        let polled = catch_panic(Phase::Init, || {
            if let Some(limit) = limit {
                limit.start();
            }
            match init.as_mut().poll(cx) {
                Poll::Ready(result) => Poll::Ready(Ok(result)),
                Poll::Pending => match limit {
                    Some(limit) => limit.poll(cx).map(Err),
                    None => Poll::Pending,
                },
            }
        });
        let error = match polled {
            Ok(Poll::Pending) => {
                self.doomed |= doom::is_given();
                return Poll::Pending;
            }
            Ok(Poll::Ready(Ok(result))) => result
                .err()
                .map(|cause| Error::from_cause(Phase::Init, cause)),
            Ok(Poll::Ready(Err(limit))) => {
                let part = || in_flight::part(&PathSegment::None, || self.drop_init());
                let in_flight = in_flight::watch(part);
                return Poll::Ready(Err(Error::timed_out(Phase::Init, limit, in_flight)));
            }
            Err(panic) => Some(panic),
        };
        self.drop_init();
        Poll::Ready(error.map_or(Ok(()), Err))
    }

    /// Drops the init. A panic in that is an error of the job that the drop scope collects.
    fn drop_init(&mut self) {
        if let Err(panic) = catch_panic(Phase::Init, || self.init = None) {
            drop(Job::after_errors(vec![panic], Vec::new()));
        }
    }
}

/// All fields that have an `init`, in an order of start. Dropping it abandons the fields in flight, concurrently.
#[must_use = "a future"]
pub struct Starting<'a, const N: usize> {
    plan: &'static [Start; N],
    fields: [Field<'a>; N],
}

impl<'a, const N: usize> Starting<'a, N> {
    /// Starts nothing yet.
    pub fn new(plan: &'static [Start; N], fields: [Field<'a>; N]) -> Self {
        Self { plan, fields }
    }
}

impl<const N: usize> Future for Starting<'_, N> {
    type Output = Result<(), BoxError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { plan, fields } = &mut *self;
        poll_fields(*plan, fields, cx)
    }
}

impl<const N: usize> Drop for Starting<'_, N> {
    fn drop(&mut self) {
        abandon_fields(self.plan, &mut self.fields, None);
    }
}

/// One pass is enough: what is made in it is seen by those behind, which are all that may wait for it.
fn poll_fields(
    plan: &[Start],
    fields: &mut [Field<'_>],
    cx: &mut Context<'_>,
) -> Poll<Result<(), BoxError>> {
    let mut doomed = fields.iter().position(|field| field.doomed);
    for (at, start) in plan.iter().enumerate() {
        if fields[at].is_made() {
            continue;
        }
        // Once one is doomed, it alone continues.
        let is_next = match doomed {
            Some(doomed) => doomed == at,
            None => start.needs.iter().all(|&needed| fields[needed].is_made()),
        };
        if !is_next {
            continue;
        }
        match fields[at].poll(cx) {
            Poll::Ready(Err(error)) => {
                return Poll::Ready(Err(error.named(&PathSegment::Field(start.name)).into()));
            }
            Poll::Pending if doomed.is_none() && fields[at].doomed => {
                doomed = Some(at);
                abandon_fields(plan, fields, doomed);
            }
            Poll::Ready(Ok(())) | Poll::Pending => {}
        }
    }
    if doomed.is_some() {
        // Passed on to the start that this one is a part of.
        doom::give();
        return Poll::Pending;
    }
    if fields.iter().all(Field::is_made) {
        Poll::Ready(Ok(()))
    } else {
        Poll::Pending
    }
}

/// Drops the fields in flight, but for one, and has what they leave closed concurrently.
fn abandon_fields(plan: &[Start], fields: &mut [Field<'_>], but: Option<usize>) {
    let mut jobs = Vec::new();
    for (at, (start, field)) in plan.iter().zip(fields).enumerate() {
        if field.begun && !field.is_made() && but != Some(at) {
            let name = PathSegment::Field(start.name);
            let part = &mut || in_flight::part(&name, || field.drop_init());
            let left = drive::release(Phase::Init, part);
            if !left.is_empty() {
                jobs.push((name, Job::in_order(left)));
            }
        }
    }
    if !jobs.is_empty() {
        drop(Job::concurrently(jobs));
    }
}
