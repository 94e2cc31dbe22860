use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use crate::jobs::frame;
use crate::jobs::job::Job;
use crate::jobs::tally::Flight;
use crate::shared::Awaited;
use crate::{BoxError, Error};

/// The future of a close: [`Live::close`](crate::Live::close), [`Shared::close`](crate::Shared::close) and their like.
///
/// # Dropping
///
/// Before its end, polled or not: the close is finished in the background. Dropped by a runtime that is shutting
/// down, a close that has not begun goes to a thread of the library; one that has is reported as
/// [`Lost`](crate::ErrorKind::Lost).
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
/// // Too long to wait for, and not cut short by that.
/// assert!(tokio::time::timeout(Duration::from_secs(1), closing).await.is_err());
/// assert_eq!(aobject::drain(Duration::from_secs(60)).await.closed, 1);
/// # Ok(())
/// # }
/// ```
#[must_use = "a close that is not awaited is left to the background, and its errors are only reported"]
pub struct Closing {
    state: State,
    /// Since the first poll.
    flight: Option<Flight>,
}

enum State {
    Own(Job),
    /// Of others too, who drive it, or leave it when the last of them goes.
    Awaited(Awaited),
    Ended,
}

impl Closing {
    pub(crate) fn of(job: Job) -> Self {
        Self {
            state: State::Own(job),
            flight: None,
        }
    }

    pub(crate) fn awaiting(awaited: Awaited) -> Self {
        Self {
            state: State::Awaited(awaited),
            flight: None,
        }
    }

    pub(crate) fn into_job(mut self) -> Job {
        match self.take() {
            State::Own(job) => job,
            State::Awaited(mut awaited) => {
                Job::of_future(poll_fn(move |cx| awaited.poll(cx).map_err(BoxError::from)))
            }
            State::Ended => Job::nothing(),
        }
    }

    /// As a future.
    pub(crate) fn poll_now(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.flight.get_or_insert_with(Flight::begin);
        let result = match &mut self.state {
            State::Own(job) => ready!(job.poll(cx)),
            State::Awaited(awaited) => ready!(awaited.poll(cx)),
            State::Ended => panic!("`Closing` polled after it was ready"),
        };
        self.state = State::Ended;
        self.flight = None;
        Poll::Ready(result)
    }

    fn take(&mut self) -> State {
        std::mem::replace(&mut self.state, State::Ended)
    }
}

impl Future for Closing {
    type Output = Result<(), Error>;

    /// # Panics
    ///
    /// When polled again after it is ready.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.poll_now(cx)
    }
}

impl Drop for Closing {
    fn drop(&mut self) {
        if let State::Own(job) = self.take() {
            frame::leave(job);
        }
    }
}

impl fmt::Debug for Closing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Closing")
            .field("ended", &matches!(self.state, State::Ended))
            .finish_non_exhaustive()
    }
}
