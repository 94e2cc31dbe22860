//! Starts whose error a field passes on for certain: `init = Store::new(url).await?`.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::ground::error::BoxError;
use crate::handles::new::New;
use crate::handles::object::AObject;
use crate::kernel::doom;

/// What a field's `init` awaits, and ends with the error of.
#[expect(missing_debug_implementations, reason = "derived code alone holds it")]
pub struct Awaited<F>(pub F);

/// A start of one object or several, that knows of its failure before it has been rolled back.
pub trait Start: Future {
    /// Whether its error is certain, after a poll after which it is pending.
    fn is_failing(&self) -> bool;
}

impl<T, F> Start for New<T, F>
where
    T: AObject,
    F: Future<Output = Result<T, BoxError>>,
{
    #[inline]
    fn is_failing(&self) -> bool {
        self.is_rolling_back() || doom::is_given_by_child()
    }
}

/// An inherent method comes before one of a trait, so that no other type has it.
impl<S: Start> Awaited<S> {
    /// The same future, which gives a sign as soon as its error is certain.
    #[inline]
    pub fn passed_on(self) -> Certain<S> {
        Certain { start: self.0 }
    }
}

/// Anything else is awaited as it is.
pub trait PassedOn {
    /// Its type.
    type Future;

    /// The same.
    fn passed_on(self) -> Self::Future;
}

impl<F> PassedOn for Awaited<F> {
    type Future = F;

    #[inline]
    fn passed_on(self) -> F {
        self.0
    }
}

pin_project! {
    /// A start whose error is passed on.
    pub struct Certain<S> {
        #[pin]
        start: S,
    }
}

impl<S: Start> Future for Certain<S> {
    type Output = S::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut start = self.project().start;
        doom::clear();
        let polled = start.as_mut().poll(cx);
        if polled.is_pending() && start.is_failing() {
            doom::give();
        }
        polled
    }
}
