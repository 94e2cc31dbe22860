use std::fmt;
use std::future::{Future, poll_fn};
use std::sync::{Arc, OnceLock};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::ground::error::Error;
use crate::ground::shared_build::{OnError, Stage};
use crate::handles::cell::init_attempt::InitAttempt;
use crate::handles::cell::{Cell, Policy};
use crate::handles::closing::Closing;
use crate::handles::new::BoxNew;
use crate::handles::object::AObject;
use crate::handles::shared::Shared;
use crate::kernel::job::Job;
use crate::kernel::shared_close::{SharedClose, Waiter};

use made::Renew;

pub(crate) mod made;
#[cfg(test)]
mod tests;

/// A [`Lazy`](crate::Lazy) for a `static`: an object of the whole program, made when it is first asked for, and
/// closed although no static is ever dropped.
///
/// What holds of the init of a `Lazy` holds here too. Who asks gets a [`Shared`]: the object stays open as long as
/// somebody holds one.
///
/// | closed by | when | who asks later |
/// |---|---|---|
/// | the end of `run` | what was made on its runtime, the newest first | makes it again |
/// | [`close`](Self::close) | at the call, for ever | gets an error of kind [`Closed`](crate::ErrorKind::Closed) |
///
/// What was made in another way than by `run`, and is not closed, is still open when the program ends.
///
/// # Examples
///
/// ```
/// use aobject::{AObject, Global};
///
/// #[derive(AObject)]
/// struct Database {
///     #[aobject(into)]
///     url: String,
/// }
///
/// static DATABASE: Global<Database> = Global::new(|| Database::new("sqlite::memory:").boxed());
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aobject::Error> {
/// let database = DATABASE.ensure_init().await?;
/// assert_eq!(database.url, "sqlite::memory:");
/// drop(database);
/// DATABASE.close().await
/// # }
/// ```
pub struct Global<T: AObject + Sync> {
    cell: Cell<T, Shared<T>>,
    make: fn() -> BoxNew<T>,
    policy: Policy,
    /// The end of a close for ever.
    closed: OnceLock<Arc<SharedClose>>,
}

impl<T: AObject + Sync> Global<T> {
    /// An object that is made by `make`, which is not called before somebody asks.
    pub const fn new(make: fn() -> BoxNew<T>) -> Self {
        Self {
            cell: Cell::new(),
            make,
            policy: Policy::DEFAULT,
            closed: OnceLock::new(),
        }
    }

    /// As for [`Lazy::remember_failure`](crate::Lazy::remember_failure).
    #[must_use]
    pub const fn remember_failure(mut self) -> Self {
        self.policy.on_error = OnError::Remember;
        self
    }

    /// As for [`Lazy::init_timeout`](crate::Lazy::init_timeout).
    #[must_use]
    pub const fn init_timeout(mut self, limit: Duration) -> Self {
        self.policy.limit = Some(limit);
        self
    }

    /// A share of the object, which is made if it has not been.
    ///
    /// # Cancel safety
    ///
    /// As for [`Lazy::ensure_init`](crate::Lazy::ensure_init).
    ///
    /// # Errors
    ///
    /// The same, and [`Closed`](crate::ErrorKind::Closed) after [`close`](Self::close), also for those who waited
    /// when it was called.
    #[must_use = "an object is made by awaiting it: `.await?`"]
    pub fn ensure_init(&'static self) -> impl Future<Output = Result<Shared<T>, Error>> {
        let mut waiter = self.cell.waiter();
        poll_fn(move |cx| {
            if let Some(object) = self.get() {
                return Poll::Ready(Ok(object));
            }
            let begin = || Box::pin((self.make)()) as _;
            waiter.poll(cx, self.policy, &begin, |live| {
                made::note(self);
                live.share()
            })
        })
    }

    /// A share of the object, if it has been made and not closed.
    pub fn get(&self) -> Option<Shared<T>> {
        self.cell.get()
    }

    /// Closes it for ever, at the call, and waits for the end of that: of the object's close, or of the rollback of
    /// an init that was going on. Who waits for that init is told at once that it is closed.
    ///
    /// The object is closed when the last [`Shared`] of it has gone, and waited for until then.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: the close goes on in the background.
    ///
    /// # Errors
    ///
    /// Those of [`Live::close`](crate::Live::close), the same for all who close it; none if it was not made.
    pub fn close(&'static self) -> Closing {
        let mut is_first = false;
        let ending = self.closed.get_or_init(|| {
            is_first = true;
            SharedClose::new()
        });
        if !is_first {
            return Closing::shared(Waiter::of(ending));
        }
        self.cell.build().close();
        Closing::of(Job::of_future(async move {
            let result = self.end().await;
            let told = Job::after_errors(result.clone().err().into_iter().collect(), Vec::new());
            ending.hand_over(told);
            Ok(result?)
        }))
    }

    async fn end(&'static self) -> Result<(), Error> {
        let mut waiter = self.cell.waiter();
        match poll_fn(|cx| waiter.poll_take(cx)).await {
            Stage::Idle(attempt) => Closing::of(attempt.into_job()).await,
            Stage::Made(object) => object.close().await,
            Stage::Polled | Stage::Failed(_) | Stage::Taken => Ok(()),
        }
    }
}

impl<T: AObject + Sync> Renew for Global<T> {
    fn renew(&'static self) -> Closing {
        let (end, ended) = oneshot::channel();
        let closing = self
            .cell
            .build()
            .take_made(InitAttempt::after(ended))
            .map(Shared::close_last);
        let job = match closing {
            Some(Ok(closing)) => closing.into_job().ending(end),
            Some(Err(still_shared)) => Job::after_errors(vec![still_shared], Vec::new()),
            None => Job::nothing(),
        };
        Closing::of(job)
    }
}

/// By name and state.
impl<T: AObject + Sync> fmt::Debug for Global<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Global")
            .field("object", &T::blueprint().name())
            .field("is_init", &self.get().is_some())
            .finish_non_exhaustive()
    }
}
