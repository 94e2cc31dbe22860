use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::ground::blueprint::Blueprint;
use crate::ground::error::{BoxError, Error};
use crate::ground::events::acts::Act;
use crate::ground::events::around;
use crate::ground::events::observers::is_observed;
use crate::ground::open_objects;
use crate::ground::outcome::Outcome;
use crate::ground::path::PathSegment;
use crate::handles::body::{Body, finish, ordered};
use crate::handles::close::Close;
use crate::handles::closing::Closing;
use crate::handles::live::Live;
use crate::handles::new::New;
use crate::handles::object::AObject;
use crate::handles::shared::Shared;
use crate::kernel::drop_scope;
use crate::kernel::job::Job;

/// A stack of objects and steps that are closed in reverse order, one by one. It corresponds to Python's
/// `AsyncExitStack`.
///
/// Use it if the objects are known only at run time. If they are known at compile time, prefer a derived struct.
/// [`scope`] runs a body with a `Scope` and closes it. A field of this type closes without an attribute.
///
/// # Dropping
///
/// Dropping a `Scope` closes it in the background, in the same order.
///
/// # Examples
///
/// ```
/// # use aobject::AObject;
/// # #[derive(AObject)]
/// # struct Worker { id: u32 }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aobject::Error> {
/// let mut scope = aobject::Scope::new();
/// scope.defer(async || println!("closed last"));
/// for id in 0..3 {
///     let worker = scope.enter(Worker::new(id)).await?;
///     assert_eq!(worker.id, id);
/// }
/// scope.close().await // workers 2, 1, 0, then the step
/// # }
/// ```
#[derive(Default)]
pub struct Scope {
    /// In the order in which they were added. Never locked: the mutex only makes the type `Sync`, which a field
    /// may have to be.
    jobs: Mutex<Vec<Job>>,
}

const NAME: PathSegment = PathSegment::Object(|| Blueprint::named("Scope"));

impl Scope {
    /// Makes an empty scope.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            jobs: Mutex::new(Vec::new()),
        }
    }

    /// Makes an object, which the scope closes.
    ///
    /// Returns a share of the object. Drop or release it before the scope is closed. Otherwise the scope does not
    /// wait: it releases its own share, which is an error of kind [`StillShared`](crate::ErrorKind::StillShared),
    /// and the last owner closes the object.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe, like [`New`]. If the future is dropped, the scope is unchanged.
    ///
    /// # Errors
    ///
    /// The errors of the init.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{AObject, Scope};
    /// # #[derive(AObject)]
    /// # struct Worker { id: u32 }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// let mut scope = Scope::new();
    /// let worker = scope.enter(Worker::new(7)).await?;
    /// assert_eq!(worker.id, 7);
    /// worker.release().await?; // does not wait: the scope holds a share as well
    /// scope.close().await // closes the worker
    /// # }
    /// ```
    pub async fn enter<T, F>(&mut self, new: New<T, F>) -> Result<Shared<T>, Error>
    where
        T: AObject + Sync,
        F: Future<Output = Result<T, BoxError>>,
    {
        let shared = Entering { new }.await?.share();
        let entry = shared.clone();
        let made_at = entry.made_at();
        self.push(Job::of_future(async { Ok(entry.close_last()?.await?) }).made(made_at));
        Ok(shared)
    }

    /// Adds a step, which runs after everything that was added later has been closed. It returns `()` or a
    /// `Result<(), E>`. Its error or panic is an error of the close, and stops no other step.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::Scope;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let mut scope = Scope::new();
    /// scope.defer(async || Err::<(), _>(std::io::Error::other("the lock is gone")));
    /// let error = scope.close().await.unwrap_err(); // runs the step
    /// assert!(error.downcast_ref::<std::io::Error>().is_some());
    /// # }
    /// ```
    pub fn defer<F, Fut>(&mut self, step: F)
    where
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output: Outcome> + Send + 'static,
    {
        self.push(Job::of_future(async { step().await.into_result() }));
    }

    /// Closes everything one by one, last in, first out.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe. If the future is dropped, the close is finished in the background.
    ///
    /// # Errors
    ///
    /// The first failure, with all others [related](Error::related) to it. Even then, every step has run.
    ///
    /// # Examples
    ///
    /// See the [type](Self).
    pub fn close(mut self) -> Closing {
        Closing::of(self.take())
    }

    fn push(&mut self, job: Job) {
        self.jobs().push(job);
    }

    fn jobs(&mut self) -> &mut Vec<Job> {
        self.jobs.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&mut self) -> Job {
        let mut jobs = std::mem::take(self.jobs());
        jobs.reverse();
        let job = Job::in_order(jobs);
        if is_observed() {
            job.observed(Some(Act::close(None, NAME, None)))
        } else {
            job
        }
    }
}

pin_project! {
    /// A start of one object among others.
    struct Entering<T: AObject, F> {
        #[pin]
        new: New<T, F>,
    }
}

impl<T, F> Future for Entering<T, F>
where
    T: AObject,
    F: Future<Output = Result<T, BoxError>>,
{
    type Output = Result<Live<T>, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let new = self.project().new;
        around::among_several(|| new.poll(cx))
    }
}

/// As a part of another object, a scope appears in the paths of errors: `App.scope.Worker`.
impl Close for Scope {
    fn close(self) -> impl Future<Output = Result<(), Error>> + Send {
        Closing::of(Close::into_job(self))
    }

    fn into_job(mut self) -> Job {
        self.take().named(NAME)
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        if !drop_scope::is_owned() {
            self.jobs()
                .iter()
                .filter_map(Job::made_at)
                .for_each(open_objects::left);
        }
        drop(self.take());
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("Scope")
            .field("entries", &jobs.len())
            .finish()
    }
}

/// Runs the body with a [`Scope`], and closes the scope however the body ends: it may return, fail, panic or be
/// cancelled.
///
/// Objects that the body holds or drops close before those of the scope, one by one, in the order in which Rust drops them,
/// since one of them may use another. To close many concurrently, close a collection of them in the body: see
/// [`Close`](crate::Close). A close that never ends holds up those behind it, unless its object has a `close_timeout`.
///
/// # Cancel safety
///
/// Cancel safe. If it is dropped after any number of polls, the objects of the body and then those of the scope
/// are closed in the background, in order.
///
/// # Errors
///
/// The error of the body, or else that of the close, see [`Scope::close`]. If the close fails after the body has
/// failed, that error is reported, and [`drain`](crate::drain()) returns it.
///
/// # Panics
///
/// If the body panics, its panic is resumed after the scope has been closed.
///
/// # Examples
///
/// ```
/// # use aobject::AObject;
/// # #[derive(AObject)]
/// # struct Worker { id: u32 }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aobject::Error> {
/// use aobject::{Error, Scope};
///
/// let sum = aobject::scope(async |scope: &mut Scope| -> Result<u32, Error> {
///     let one = scope.enter(Worker::new(1)).await?;
///     let other = scope.enter(Worker::new(2)).await?; // if this fails, `one` is closed
///     Ok(one.id + other.id)
/// })
/// .await?;
/// assert_eq!(sum, 3);
/// # Ok(())
/// # }
/// ```
pub fn scope<R, E, B>(body: B) -> impl Future<Output = Result<R, E>>
where
    B: AsyncFnOnce(&mut Scope) -> Result<R, E>,
    E: From<Error>,
{
    ordered(async move {
        let mut scope = Scope::new();
        let (outcome, left) = Body::new(Box::pin(body(&mut scope))).await;
        finish(outcome, Job::behind(left, scope.take())).await
    })
}
