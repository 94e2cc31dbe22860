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

/// Objects and steps to be closed in the reverse of the order in which they came: Python's `AsyncExitStack`.
///
/// For what is known at run time only; what is known at compile time is a derived struct. [`scope`] closes one by
/// itself. As a field, it is closed without being told.
///
/// # Dropping
///
/// Closes it in the background, in the same order.
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
/// scope.close().await // workers 2, 1, 0, and the step
/// # }
/// ```
#[derive(Default)]
pub struct Scope {
    /// In the order in which they came. Never locked: the mutex makes it `Sync`, as an owner's field may have to be.
    jobs: Mutex<Vec<Job>>,
}

const NAME: PathSegment = PathSegment::Object(|| Blueprint::named("Scope"));

impl Scope {
    /// An empty one.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            jobs: Mutex::new(Vec::new()),
        }
    }

    /// Makes an object that the scope closes.
    ///
    /// What is returned is a share, to be dropped or released before the scope is closed. If it is not, the scope
    /// does not wait: it gives its own share up, which is an error of kind
    /// [`StillShared`](crate::ErrorKind::StillShared), and whoever holds the last one closes the object.
    ///
    /// # Cancel safety
    ///
    /// That of [`New`]; the scope is as it was.
    ///
    /// # Errors
    ///
    /// The init's.
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

    /// Adds a step, to be run when everything that comes later has been closed. It returns `()` or a
    /// `Result<(), E>`; its error or panic is one of the close, and stops no other step.
    pub fn defer<F, Fut>(&mut self, step: F)
    where
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output: Outcome> + Send + 'static,
    {
        self.push(Job::of_future(async { step().await.into_result() }));
    }

    /// Closes everything, last in, first out, one after the other.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: dropped, it is finished in the background.
    ///
    /// # Errors
    ///
    /// Everything that went wrong, as one error with the others [related](Error::related) to it; every step has run.
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

/// As a part of something else, its errors' paths say so: `App.scope.Worker`.
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

/// Runs the body with a [`Scope`], and closes that, whatever the body did: return, fail, panic or be cancelled.
///
/// # Cancel safety
///
/// Dropped after any number of polls, what the body holds and then what the scope holds is closed, in order, in the
/// background.
///
/// # Errors
///
/// The body's; else the close's, [`Scope::close`]. A close that fails after the body has failed is reported, and
/// told by [`drain`](crate::drain()).
///
/// # Panics
///
/// When the body panics: with its panic, after the scope has been closed.
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
///     let other = scope.enter(Worker::new(2)).await?; // should it fail, `one` is closed
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
