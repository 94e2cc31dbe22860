//! The close of one object, as a future of its own type.

use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::ground::error::BoxError;
use crate::ground::path::PathSegment;
use crate::handles::object::AObject;
use crate::kernel::background::CloseFuture;
use crate::kernel::job::{BoxClose, Job};

/// The close of an object. It holds the object until it is polled, so that none of its code runs before.
pub(crate) fn close_of<T: AObject>(object: T) -> impl CloseFuture {
    ObjectClose::Unbegun {
        object: Some(object),
        close: T::close,
    }
}

pin_project! {
    /// Not an `async` block, which would have room for the object twice.
    #[project = Projection]
    enum ObjectClose<T, C, F> {
        Unbegun { object: Option<T>, close: C },
        Begun { #[pin] closing: F },
    }
}

impl<T, C, F> Future for ObjectClose<T, C, F>
where
    T: AObject,
    C: Fn(T) -> F,
    F: Future<Output = Result<(), BoxError>>,
{
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let Projection::Unbegun { object, close } = self.as_mut().project() {
            let Some(object) = object.take() else {
                return Poll::Ready(Ok(()));
            };
            let closing = close(object);
            self.set(ObjectClose::Begun { closing });
        }
        match self.project() {
            Projection::Begun { closing } => closing.poll(cx),
            Projection::Unbegun { .. } => Poll::Ready(Ok(())),
        }
    }
}

impl<T, C, F> CloseFuture for ObjectClose<T, C, F>
where
    T: AObject,
    C: Fn(T) -> F + Send + Copy + 'static,
    F: Future<Output = Result<(), BoxError>> + Send + 'static,
{
    fn take_unbegun(self: Pin<&mut Self>) -> Option<BoxClose> {
        match self.project() {
            Projection::Unbegun { object, close } => Some(Box::pin(ObjectClose::Unbegun {
                object: object.take(),
                close: *close,
            })),
            Projection::Begun { .. } => None,
        }
    }
}

/// The close of an object as a job.
pub(crate) fn job_of<T: AObject>(object: T, made_at: &'static Location<'static>) -> Job {
    Job::close(
        Box::pin(close_of(object)),
        PathSegment::Object(T::blueprint),
        Some(made_at),
    )
}
