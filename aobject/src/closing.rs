use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use crate::Error;
use crate::jobs::frame;
use crate::jobs::job::Job;

/// The future of [`Live::close`](crate::Live::close).
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
    /// `None` once it has ended.
    job: Option<Job>,
}

impl Closing {
    pub(crate) fn of(job: Job) -> Self {
        Self { job: Some(job) }
    }
}

impl Future for Closing {
    type Output = Result<(), Error>;

    /// # Panics
    ///
    /// When polled again after it is ready.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let job = self.job.as_mut().expect("`Closing` polled after it was ready");
        let result = ready!(job.poll(cx));
        self.job = None;
        Poll::Ready(result)
    }
}

impl Drop for Closing {
    fn drop(&mut self) {
        self.job.take().into_iter().for_each(frame::leave);
    }
}

impl fmt::Debug for Closing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Closing").field("ended", &self.job.is_none()).finish()
    }
}
