//! The close of one object, as a future of its own type.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::jobs::job::BoxClose;
use crate::{AObject, BoxError};

/// A close, which until it begins can be moved elsewhere.
pub trait CloseFuture: Future<Output = Result<(), BoxError>> {
    /// Takes it elsewhere, before it has begun.
    fn rescue(self: Pin<&mut Self>) -> BoxClose;
}

impl CloseFuture for BoxClose {
    fn rescue(self: Pin<&mut Self>) -> BoxClose {
        std::mem::replace(self.get_mut(), Box::pin(std::future::ready(Ok(()))))
    }
}

/// The close of an object. It holds the object until it is polled, so that none of its code runs before.
pub(crate) fn close_of<T: AObject>(object: T) -> impl CloseFuture + Send + 'static {
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
    fn rescue(self: Pin<&mut Self>) -> BoxClose {
        match self.project() {
            Projection::Unbegun { object, close } => Box::pin(ObjectClose::Unbegun {
                object: object.take(),
                close: *close,
            }),
            Projection::Begun { .. } => Box::pin(std::future::ready(Ok(()))),
        }
    }
}
