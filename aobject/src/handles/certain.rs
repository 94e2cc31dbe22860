//! Starts whose error a field is certain to pass on: `init = Store::new(url).await?`.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::ground::error::BoxError;
use crate::handles::new::New;
use crate::handles::object::AObject;
use crate::kernel::doom;

/// A future that the `init` of a field awaits with `?`.
#[expect(missing_debug_implementations, reason = "only derived code uses it")]
pub struct Awaited<F>(pub F);

/// A start of one object or of several, which knows that it has failed before the rollback has ended.
pub trait Start: Future {
    /// Whether its error is certain. Asked after a poll that returned pending.
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

/// Method lookup prefers this inherent method to the one of the trait, which all other types have.
impl<S: Start> Awaited<S> {
    /// The same future, which signals as soon as its error is certain.
    #[inline]
    pub fn passed_on(self) -> Certain<S> {
        Certain { start: self.0 }
    }
}

/// All other futures are awaited unchanged.
pub trait PassedOn {
    /// The type of the future.
    type Future;

    /// The future itself.
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
    /// A start whose error is certain to be passed on.
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
