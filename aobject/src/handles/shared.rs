use std::fmt;
use std::future::Future;
use std::ops::Deref;
use std::panic::Location;
use std::sync::{Arc, OnceLock};

use tokio::sync::oneshot;

use crate::ground::blueprint::Objects;
use crate::ground::error::Error;
use crate::ground::open_objects;
use crate::ground::path::PathSegment;
use crate::ground::share_waits;
use crate::handles::close::Close;
use crate::handles::closing::Closing;
use crate::handles::live::Live;
use crate::handles::object::AObject;
use crate::kernel::drop_scope;
use crate::kernel::job::Job;
use crate::kernel::shared_close::{SharedClose, Waiter};

/// An object with several owners. The last owner closes it.
///
/// Made by [`Live::share`]. Each clone is one share of the same object, and one word large. A share dereferences
/// to the object. There is no mutable access from outside, so an object that changes needs interior mutability.
///
/// | to give up a share | waits for |
/// |---|---|
/// | [`release`](Self::release), also called by [`Close`] | the close, if it was the last share; otherwise nothing |
/// | [`close`](Self::close) | the close of the object, even if another owner closes it later |
/// | drop it | nothing; if it was the last share, the object closes in the background, see [`Live`](Live#dropping) |
///
/// All waiters get the same result. Any one of them that is polled drives the close, so it needs neither all
/// waiters nor the last owner.
///
/// A field of a derived object is released when the object closes. If other owners still hold shares then, the object
/// is closed while the field's object stays open. A report of kind [`StillShared`](crate::ErrorKind::StillShared) names
/// the path, such as `App.shards[3].state`, and the number of shares. To wait for the other owners instead, close the
/// field:
///
/// ```
/// # use aobject::{AObject, Shared};
/// # #[derive(AObject)]
/// # struct State;
/// #[derive(AObject)]
/// struct App {
///     #[aobject(close = state.close().await)]
///     state: Shared<State>,
/// }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aobject::Error> {
/// # App::new(State::new().await?.share()).await?.close().await
/// # }
/// ```
///
/// As with [`Arc`], cycles leak: objects that hold shares of each other are never closed. Nor is an object whose
/// own task holds a share of it and never ends. Use a [`Weak`](crate::Weak) for one of the two.
///
/// # Examples
///
/// ```
/// use aobject::{AObject, Shared};
///
/// #[derive(AObject)]
/// struct Pool {
///     size: usize,
/// }
///
/// #[derive(AObject)]
/// struct Worker {
///     pool: Shared<Pool>, // released when the worker is closed
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aobject::Error> {
/// let pool = Pool::new(4).await?.share();
/// let workers = [Worker::new(pool.clone()).await?, Worker::new(pool.clone()).await?];
/// let (closed, workers) = tokio::join!(pool.close(), aobject::Close::close(workers));
/// closed?; // after the workers have released their shares
/// workers
/// # }
/// ```
pub struct Shared<T: AObject> {
    /// `None` only while the share is being given up.
    pub(super) inner: Option<Arc<Inner<T>>>,
}

pub(super) struct Inner<T: AObject> {
    live: Live<T>,
    /// Where the waiters of the close meet. The first waiter makes it.
    closed: OnceLock<Arc<SharedClose>>,
    /// Dropped when the close has ended.
    end: OnceLock<oneshot::Sender<()>>,
    watcher: OnceLock<Arc<dyn Released>>,
}

/// Notified when a share was given up and other shares remain.
pub(crate) trait Released: Send + Sync {
    fn released(&self);
}

impl<T: AObject> Shared<T> {
    pub(crate) fn new(live: Live<T>) -> Self {
        Self {
            inner: Some(Arc::new(Inner {
                live,
                closed: OnceLock::new(),
                end: OnceLock::new(),
                watcher: OnceLock::new(),
            })),
        }
    }

    /// Gives up this share. If it was the last one, the object is closed, and the future waits for the close.
    ///
    /// The share is given up at the call, before the first poll.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe. The share is given up even if the future is never polled. The close is left to other waiters,
    /// or to the background.
    ///
    /// # Errors
    ///
    /// The errors of [`Live::close`], if this was the last share. Otherwise none.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::AObject;
    /// # #[derive(AObject)]
    /// # struct Pool;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// let pool = Pool::new().await?.share();
    /// let other = pool.clone();
    /// pool.release().await?; // returns at once: `other` remains
    /// other.release().await // closes the pool
    /// # }
    /// ```
    pub fn release(mut self) -> Closing {
        match self.take_last() {
            Some(last) => last.close(),
            None => Closing::of(Job::nothing()),
        }
    }

    /// Gives up this share, and waits until the object is closed, even if another owner closes it. This may take
    /// as long as other owners hold their shares.
    ///
    /// The share is given up at the call, before the first poll.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe, like [`release`](Self::release).
    ///
    /// # Errors
    ///
    /// The errors of [`Live::close`], the same for all waiters.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::AObject;
    /// # #[derive(AObject)]
    /// # struct Pool;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// let pool = Pool::new().await?.share();
    /// let (one, other) = (pool.clone().close(), pool.close());
    /// one.await?; // does not need `other` to be polled
    /// other.await
    /// # }
    /// ```
    pub fn close(mut self) -> Closing {
        // Registered before the share is given up, because the last owner looks for waiters.
        let waiting = Waiter::of(self.inner().closed.get_or_init(SharedClose::new));
        let others = self.count_others();
        let wait = (others > 0).then(|| {
            let name = PathSegment::Object(T::blueprint);
            share_waits::begin(&name, self.made_at(), others)
        });
        match self.take_last() {
            Some(last) => {
                drop(waiting);
                last.close()
            }
            None => Closing::shared(waiting.noticed(wait.flatten())),
        }
    }

    /// Gives up this share. Fails if there are other shares.
    pub(crate) fn close_last(mut self) -> Result<Closing, Error> {
        let others = self.count_others();
        let still_shared = || Error::still_shared(others).named(&PathSegment::Object(T::blueprint));
        self.take_last().map(Inner::close).ok_or_else(still_shared)
    }

    /// The number of other shares, for a message. It may change concurrently.
    pub(crate) fn count_others(&self) -> usize {
        Arc::strong_count(self.inner()) - 1
    }

    pub(crate) fn made_at(&self) -> Option<&'static Location<'static>> {
        self.inner().live.made_at()
    }

    /// Drops `end` when the close of the object has ended, whichever owner closes it. Called at most once per
    /// object.
    pub(crate) fn at_end(&self, end: oneshot::Sender<()>) {
        drop(self.inner().end.set(end));
    }

    /// Notifies `watcher` when a share is given up. Called at most once per object.
    pub(crate) fn watch(&self, watcher: Arc<dyn Released>) {
        drop(self.inner().watcher.set(watcher));
    }

    /// Whether this is the only share.
    pub(crate) fn is_alone(&self) -> bool {
        Arc::strong_count(self.inner()) == 1
    }

    /// Gives up the share. If several owners do so concurrently, exactly one of them is the last.
    fn take_last(&mut self) -> Option<Inner<T>> {
        let inner = self.inner.take()?;
        match inner.watcher.get() {
            None => Arc::into_inner(inner),
            Some(_) => give_up_watched(inner),
        }
    }

    pub(super) fn inner(&self) -> &Arc<Inner<T>> {
        self.inner.as_ref().expect("a `Shared` holds its object")
    }
}

/// Gives up a share of an object that has a watcher.
#[cold]
#[inline(never)]
fn give_up_watched<T: AObject>(inner: Arc<Inner<T>>) -> Option<Inner<T>> {
    let watcher = inner.watcher.get().cloned();
    let last = Arc::into_inner(inner);
    if last.is_none()
        && let Some(watcher) = watcher
    {
        watcher.released();
    }
    last
}

fn is_awaited(closed: &Arc<SharedClose>) -> bool {
    Arc::strong_count(closed) > 1
}

/// Every waiter registered while some share was alive, so no new one can appear.
impl<T: AObject> Inner<T> {
    fn close(self) -> Closing {
        let mut job = self.live.into_job();
        if let Some(end) = self.end.into_inner() {
            job = job.ending(end);
        }
        let closing = Closing::of(job);
        match self.closed.get() {
            Some(closed) if is_awaited(closed) => {
                let waiting = Waiter::of(closed);
                closed.hand_over(closing.into_job());
                Closing::shared(waiting)
            }
            _ => closing,
        }
    }

    /// Called when the last owner is dropped.
    fn leave(self) {
        let is_awaited = self.closed.get().is_some_and(is_awaited);
        if !is_awaited && self.end.get().is_none() {
            // Drops the `Live`.
            return;
        }
        if !is_awaited
            && !drop_scope::is_owned()
            && let Some(made_at) = self.live.made_at()
        {
            open_objects::left(made_at);
        }
        drop(self.close());
    }
}

impl<T: AObject> Live<T> {
    /// Turns this owner into the first of several. The last owner closes the object.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::AObject;
    /// # #[derive(AObject)]
    /// # struct Pool;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// let pool = Pool::new().await?.share();
    /// let for_a_task = pool.clone();
    /// let task = tokio::spawn(async move { for_a_task.release().await });
    /// pool.close().await?; // waits until the task has released its share
    /// # task.await.expect("it does not panic")
    /// # }
    /// ```
    pub fn share(self) -> Shared<T> {
        Shared::new(self)
    }
}

impl<T: AObject> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
        }
    }
}

impl<T: AObject> Deref for Shared<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.inner().live
    }
}

/// Releases this share. It does not wait for other owners, so two owners of one object never wait for each other.
impl<T: AObject> Close for Shared<T> {
    const OBJECTS: Objects = Objects::shared(T::blueprint);

    fn close(self) -> impl Future<Output = Result<(), Error>> + Send {
        self.release()
    }

    fn into_job(mut self) -> Job {
        let others = self.count_others();
        match self.take_last() {
            Some(last) => last.close().into_job(),
            None => Job::released(others),
        }
    }
}

/// Prints the name of the object, the place where it was made, and the number of owners.
impl<T: AObject> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = self.inner();
        f.debug_struct("Shared")
            .field("object", &inner.live)
            .field("owners", &Arc::strong_count(inner))
            .finish()
    }
}

impl<T: AObject> Drop for Shared<T> {
    fn drop(&mut self) {
        if let Some(last) = self.take_last() {
            last.leave();
        }
    }
}
