//! The close of one value, as a future of its own type.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::ground::error::BoxError;
use crate::kernel::background::CloseFuture;
use crate::kernel::job::BoxClose;

/// Holds the value until it is polled, so that none of its code runs before.
pub(crate) fn close_of<T, C, F>(value: T, close: C) -> impl CloseFuture
where
    T: Send + 'static,
    C: Fn(T) -> F + Send + Copy + 'static,
    F: Future<Output = Result<(), BoxError>> + Send + 'static,
{
    ValueClose::Unbegun {
        value: Some(value),
        close,
    }
}

pin_project! {
    /// Not an `async` block, which would have room for the value twice.
    #[project = Projection]
    #[project_replace = Replaced]
    enum ValueClose<T, C, F> {
        Unbegun { value: Option<T>, close: C },
        Begun { #[pin] closing: F },
    }
}

impl<T, C, F> Future for ValueClose<T, C, F>
where
    C: Fn(T) -> F,
    F: Future<Output = Result<(), BoxError>>,
{
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let Projection::Unbegun { value, close } = self.as_mut().project() {
            let Some(value) = value.take() else {
                return Poll::Ready(Ok(()));
            };
            let closing = close(value);
            let _: Replaced<T, C, F> = self.as_mut().project_replace(ValueClose::Begun { closing });
        }
        match self.project() {
            Projection::Begun { closing } => closing.poll(cx),
            Projection::Unbegun { .. } => Poll::Ready(Ok(())),
        }
    }
}

impl<T, C, F> CloseFuture for ValueClose<T, C, F>
where
    T: Send + 'static,
    C: Fn(T) -> F + Send + Copy + 'static,
    F: Future<Output = Result<(), BoxError>> + Send + 'static,
{
    fn take_unbegun(self: Pin<&mut Self>) -> Option<BoxClose> {
        match self.project() {
            Projection::Unbegun { value, close } => Some(Box::pin(ValueClose::Unbegun {
                value: value.take(),
                close: *close,
            })),
            Projection::Begun { .. } => None,
        }
    }
}
