use std::fmt;
use std::future::{Future, poll_fn};
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::ground::error::Error;
use crate::ground::path::PathSegment;
use crate::ground::runtimes;
use crate::kernel::job::Job;
use crate::kernel::shared_close::Waiter;

/// The future of a close, returned by [`Live::close`](crate::Live::close),
/// [`Shared::close`](crate::Shared::close) and similar methods.
///
/// # Dropping
///
/// If a `Closing` is dropped before its end, polled or not, the close is finished in the background. If a runtime
/// that is shutting down drops it, a close that has not begun moves to a thread of the library. A close that has
/// begun is reported as [`Lost`](crate::ErrorKind::Lost).
///
/// # Examples
///
/// ```
/// # use aobject::AObject;
/// # use std::time::Duration;
/// #[derive(AObject)]
/// #[aobject(close = Self::linger)]
/// struct Session;
///
/// impl Session {
///     async fn linger(&mut self) {
///         tokio::time::sleep(Duration::from_secs(5)).await;
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), aobject::Error> {
/// let closing = Session::new().await?.close();
/// // The timeout ends the wait, not the close.
/// assert!(tokio::time::timeout(Duration::from_secs(1), closing).await.is_err());
/// assert_eq!(aobject::drain(Duration::from_secs(60)).await.closed, 1);
/// # Ok(())
/// # }
/// ```
#[must_use = "a close that is not awaited runs in the background, and its errors are only reported; add `.await?`"]
pub struct Closing {
    state: State,
    /// Set at the first poll, if a program waits for awaited closes.
    counted: Option<TaskTrackerToken>,
}

enum State {
    Own(Job),
    /// One of several waiters for the same close.
    Shared(Waiter),
    Ended,
}

impl Closing {
    pub(crate) fn of(job: Job) -> Self {
        Self {
            state: State::Own(job),
            counted: None,
        }
    }

    pub(crate) fn shared(waiter: Waiter) -> Self {
        Self {
            state: State::Shared(waiter),
            counted: None,
        }
    }

    /// Limits the wait for the close to `limit`, counted from the first poll, in the time of the tokio runtime.
    ///
    /// If the close overruns, the error is of kind [`TimedOut`](crate::ErrorKind::TimedOut), and the close
    /// continues in the background. That also holds inside another object's close. A `tokio::time::timeout` does
    /// not help there, because the outer close waits for the one that the timeout dropped.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe, like the close without a limit.
    ///
    /// # Errors
    ///
    /// The errors of the close, or the one above. If polled without a tokio runtime that has a timer, the close
    /// runs without a limit, and its result contains an additional error of kind
    /// [`Panicked`](crate::ErrorKind::Panicked).
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{AObject, ErrorKind};
    /// # use std::time::Duration;
    /// # #[derive(AObject)]
    /// # #[aobject(close = Self::linger)]
    /// # struct Session;
    /// # impl Session {
    /// #     async fn linger(&mut self) {
    /// #         tokio::time::sleep(Duration::from_secs(5)).await;
    /// #     }
    /// # }
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// let session = Session::new().await?;
    /// let error = session.close().timeout(Duration::from_secs(1)).await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::TimedOut);
    /// assert_eq!(aobject::drain(Duration::from_secs(60)).await.closed, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn timeout(self, limit: Duration) -> Self {
        Self::of(self.into_job().within(|| limit, PathSegment::None))
    }

    pub(crate) fn into_job(self) -> Job {
        match self.state {
            State::Own(job) => job,
            State::Shared(mut waiter) => Job::wait(poll_fn(move |cx| waiter.poll(cx))),
            State::Ended => Job::nothing(),
        }
    }
}

impl Future for Closing {
    type Output = Result<(), Error>;

    /// # Panics
    ///
    /// Panics if polled again after it was ready.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { state, counted } = &mut *self;
        if counted.is_none()
            && let Some(token) = runtimes::count_awaited()
        {
            *counted = Some(token);
        }
        let result = match state {
            State::Own(job) => ready!(job.poll(cx)),
            State::Shared(waiter) => ready!(waiter.poll(cx)),
            State::Ended => panic!("`Closing` polled after completion"),
        };
        *counted = None;
        match state {
            State::Own(job) if job.holds_nothing() => {
                mem::forget(mem::replace(state, State::Ended));
            }
            _ => *state = State::Ended,
        }
        Poll::Ready(result)
    }
}

impl fmt::Debug for Closing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Closing")
            .field("ended", &matches!(self.state, State::Ended))
            .finish_non_exhaustive()
    }
}
