//! Starts whose error a field is certain to pass on: `init = Store::new(url).await?`.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::ground::error::{BoxError, Error};
use crate::handles::live::Live;
use crate::handles::new::New;
use crate::handles::object::AObject;
use crate::kernel::doom;

/// A future that the `init` of a field awaits with `?`.
#[expect(missing_debug_implementations, reason = "only derived code uses it")]
pub struct Awaited<F>(pub F);

/// The start of an object. Method lookup prefers this inherent method to the one of the trait, which all other
/// types have.
impl<T: AObject, F> Awaited<New<T, F>> {
    /// The same future, which signals as soon as its error is certain.
    #[inline]
    pub fn passed_on(self) -> Certain<New<T, F>> {
        Certain { new: self.0 }
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
    pub struct Certain<N> {
        #[pin]
        new: N,
    }
}

impl<T, F> Future for Certain<New<T, F>>
where
    T: AObject,
    F: Future<Output = Result<T, BoxError>>,
{
    type Output = Result<Live<T>, Error>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut new = self.project().new;
        doom::clear();
        let polled = new.as_mut().poll(cx);
        if polled.is_pending() && (new.is_rolling_back() || doom::is_given_by_child()) {
            doom::give();
        }
        polled
    }
}
