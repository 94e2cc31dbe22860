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

/// A [`Lazy`](crate::Lazy) for a `static`: an object of the whole program, made when it is first asked for, and
/// closed although no static is ever dropped.
///
/// What holds of the init of a `Lazy` holds here too. Who asks gets a [`Shared`]: the object stays open as long as
/// somebody holds one.
///
/// **One object per runtime.** On a second runtime [`ensure_init`](Self::ensure_init) makes a second object, and each
/// object is closed with its own runtime. Tests that overlap, each on its own runtime, neither lose it nor share it.
/// Outside a runtime there is one object more.
///
/// | closed by | when | a later caller |
/// |---|---|---|
/// | the end of `run` | the newest first | makes it again |
/// | the end of another runtime | on a thread of the library | makes it again |
/// | [`close`](Self::close) | at the call, for ever on this runtime | gets an error of kind [`Closed`](crate::ErrorKind::Closed) |
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
    /// An object that is made by `make`, which is not called before somebody asks.
    pub const fn new(make: fn() -> BoxNew<T>) -> Self {
        Self {
            make,
            policy: Policy::DEFAULT,
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

    /// A share of this runtime's object, which is made if it has not been.
    ///
    /// # Cancel safety
    ///
    /// As for [`Lazy::ensure_init`](crate::Lazy::ensure_init).
    ///
    /// # Errors
    ///
    /// The same, and [`Closed`](crate::ErrorKind::Closed) after [`close`](Self::close), also for callers that waited
    /// when it was called.
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

    /// A share of this runtime's object, if it has been made and not closed.
    #[must_use]
    pub fn get(&'static self) -> Option<Shared<T>> {
        self.made()
    }

    fn made(&self) -> Option<Shared<T>> {
        instances().find::<Instance<T>>(self.address())?.get()
    }

    /// Closes this runtime's object for ever, at the call, and waits for the end of that: of the object's close, or of
    /// the rollback of an init that was running. A caller that waits for that init gets the error at once.
    ///
    /// The object is closed when the last [`Shared`] of it has gone, and waited for until then.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: the close continues in the background. Of several callers, any one that is polled drives it.
    ///
    /// # Errors
    ///
    /// Those of [`Live::close`](crate::Live::close), the same for every caller; none if the object was not made.
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

/// Those of this runtime.
fn instances() -> Arc<Instances> {
    runtimes::current()
        .unwrap_or_else(|| Arc::clone(&UNOWNED))
        .part()
}

/// By name, and the state on this runtime.
impl<T: AObject + Sync> fmt::Debug for Global<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Global")
            .field("object", &T::blueprint().name())
            .field("is_init", &self.made().is_some())
            .finish_non_exhaustive()
    }
}
