use std::fmt;
use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use crate::ground::error::Error;
use crate::ground::runtimes::{self, UNOWNED};
use crate::ground::shared_build::OnError;
use crate::handles::cell::Policy;
use crate::handles::closing::Closing;
use crate::handles::new::BoxNew;
use crate::handles::object::AObject;
use crate::handles::shared::Shared;

use instance::Instance;
use instances::Instances;

mod instance;
pub(crate) mod instances;
#[cfg(test)]
mod tests;

/// A [`Lazy`](crate::Lazy) for a `static`: an object of the whole program, made on first use. It is closed when
/// its runtime ends, although statics are never dropped.
///
/// The init behaves as in a `Lazy`. Callers get a [`Shared`], and the object stays open as long as anyone holds
/// one.
///
/// **One object per runtime.** On a second runtime, [`ensure_init`](Self::ensure_init) makes a second object, and
/// each object is closed with its own runtime. So tests that run in parallel, each on its own runtime, do not
/// share the object. There is one more object for code outside any runtime.
///
/// | closed by | when | a later caller |
/// |---|---|---|
/// | the end of `run` | newest first | makes it again |
/// | the end of another runtime | on a thread of the library | makes it again |
/// | [`close`](Self::close) | at the call, permanently on this runtime | gets an error of kind [`Closed`](crate::ErrorKind::Closed) |
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
    make: fn() -> BoxNew<T>,
    policy: Policy,
}

impl<T: AObject + Sync> Global<T> {
    /// Makes an empty global. `make` is called when the object is first asked for.
    ///
    /// # Examples
    ///
    /// See the [type](Self).
    pub const fn new(make: fn() -> BoxNew<T>) -> Self {
        Self {
            make,
            policy: Policy::DEFAULT,
        }
    }

    /// See [`Lazy::remember_failure`](crate::Lazy::remember_failure).
    #[must_use]
    pub const fn remember_failure(mut self) -> Self {
        self.policy.on_error = OnError::Remember;
        self
    }

    /// See [`Lazy::init_timeout`](crate::Lazy::init_timeout).
    #[must_use]
    pub const fn init_timeout(mut self, limit: Duration) -> Self {
        self.policy.limit = Some(limit);
        self
    }

    /// Returns a share of this runtime's object, and makes it if necessary.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe, like [`Lazy::ensure_init`](crate::Lazy::ensure_init).
    ///
    /// # Errors
    ///
    /// The same as [`Lazy::ensure_init`](crate::Lazy::ensure_init), and [`Closed`](crate::ErrorKind::Closed)
    /// after [`close`](Self::close), which also ends waits that are in progress.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{AObject, Global};
    /// # #[derive(AObject)]
    /// # struct Database;
    /// static DATABASE: Global<Database> = Global::new(|| Database::new().boxed());
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// let (one, other) = tokio::join!(DATABASE.ensure_init(), DATABASE.ensure_init());
    /// assert!(std::ptr::eq(&*one?, &*other?)); // one init, one object
    /// DATABASE.close().await
    /// # }
    /// ```
    #[must_use = "an object is made by awaiting it: `.await?`"]
    pub fn ensure_init(&'static self) -> impl Future<Output = Result<Shared<T>, Error>> {
        let mut waiter = None;
        poll_fn(move |cx| {
            let waiter = waiter.get_or_insert_with(|| self.instance().waiter());
            match waiter.instance().get() {
                Some(object) => Poll::Ready(Ok(object)),
                None => waiter.poll(cx, self.policy, self.make),
            }
        })
    }

    /// Returns a share of this runtime's object, if it has been made and not closed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{AObject, Global};
    /// # #[derive(AObject)]
    /// # struct Database;
    /// static DATABASE: Global<Database> = Global::new(|| Database::new().boxed());
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// assert!(DATABASE.get().is_none());
    /// let database = DATABASE.ensure_init().await?;
    /// assert!(DATABASE.get().is_some());
    /// drop(database);
    /// DATABASE.close().await
    /// # }
    /// ```
    #[must_use]
    pub fn get(&'static self) -> Option<Shared<T>> {
        self.made()
    }

    fn made(&self) -> Option<Shared<T>> {
        instances().find::<Instance<T>>(self.address())?.get()
    }

    /// Closes this runtime's object permanently, and waits for the end of its close, or of the rollback of a
    /// running init. Callers that wait for that init get an error immediately. The cell is closed at the call,
    /// before the first poll.
    ///
    /// The object closes when the last [`Shared`] of it is gone, and the future waits until then.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe. The close continues in the background. Any caller that is polled drives it.
    ///
    /// # Errors
    ///
    /// The errors of [`Live::close`](crate::Live::close), the same for every caller. None if the object was not
    /// made.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{AObject, Global};
    /// # #[derive(AObject)]
    /// # struct Database;
    /// # use aobject::ErrorKind;
    /// static DATABASE: Global<Database> = Global::new(|| Database::new().boxed());
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// drop(DATABASE.ensure_init().await?);
    /// DATABASE.close().await?;
    /// let error = DATABASE.ensure_init().await.map(drop).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Closed);
    /// # Ok(())
    /// # }
    /// ```
    pub fn close(&'static self) -> Closing {
        self.instance().close()
    }

    fn instance(&'static self) -> Arc<Instance<T>> {
        let instances = instances();
        instances.of(self.address(), || Instance::new(Arc::downgrade(&instances)))
    }

    fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }
}

/// The globals of this runtime.
fn instances() -> Arc<Instances> {
    runtimes::current()
        .unwrap_or_else(|| Arc::clone(&UNOWNED))
        .part()
}

/// Prints the name, and the state on this runtime.
impl<T: AObject + Sync> fmt::Debug for Global<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Global")
            .field("object", &T::blueprint().name())
            .field("is_init", &self.made().is_some())
            .finish_non_exhaustive()
    }
}
