use std::fmt;
use std::future::Future;
use std::ops::Deref;
use std::panic::Location;
use std::sync::{Arc, OnceLock};

use tokio::sync::oneshot;

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

/// A living object with several owners: the last one closes it.
///
/// Made by [`Live::share`]. Clones are shares of one object, of one word each; the object is dereferenced to and
/// cannot be changed but from the inside.
///
/// | a share is given up by | which waits for |
/// |---|---|
/// | [`release`](Self::release), which is also its [`Close`] | the close, if it was the last share; else nothing |
/// | [`close`](Self::close) | the close, whoever does it and whenever |
/// | dropping it | nothing; if it was the last share, as for [`Live`](Live#dropping) |
///
/// All who wait get the same result, and any one of them who is polled drives the close: it needs neither all of
/// them nor the last owner.
///
/// As with any count of owners, objects that hold shares of each other, or a task that never ends and holds one of
/// what owns it, are never closed; a [`Weak`](crate::Weak) in one of the two helps.
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
/// closed?; // not before the workers had released it
/// workers
/// # }
/// ```
pub struct Shared<T: AObject> {
    /// `None` only while it is being given up.
    pub(super) inner: Option<Arc<Inner<T>>>,
}

pub(super) struct Inner<T: AObject> {
    live: Live<T>,
    closed: Arc<SharedClose>,
    /// Dropped when the close has ended.
    end: OnceLock<oneshot::Sender<()>>,
    watcher: OnceLock<Arc<dyn Released>>,
}

/// Learns that a share was given up, and that others are left.
pub(crate) trait Released: Send + Sync {
    fn released(&self);
}

impl<T: AObject> Shared<T> {
    pub(crate) fn new(live: Live<T>) -> Self {
        Self {
            inner: Some(Arc::new(Inner {
                live,
                closed: SharedClose::new(),
                end: OnceLock::new(),
                watcher: OnceLock::new(),
            })),
        }
    }

    /// Gives up this share, at the call. If it was the last, the object is closed, and the future waits for that.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: the share is given up, whether the future is polled or not, and a close is left to those who
    /// wait for it, or to the background.
    ///
    /// # Errors
    ///
    /// Those of [`Live::close`], and none if others still hold the object.
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
    /// pool.release().await?; // at once: `other` is left
    /// other.release().await // closes the pool
    /// # }
    /// ```
    pub fn release(mut self) -> Closing {
        match self.take_last() {
            Some(last) => last.close(),
            None => Closing::of(Job::nothing()),
        }
    }

    /// Gives up this share, at the call, and waits until the object is closed, whoever closes it: as long as others
    /// hold it, that may be long.
    ///
    /// # Cancel safety
    ///
    /// As for [`release`](Self::release).
    ///
    /// # Errors
    ///
    /// Those of [`Live::close`], the same for all who wait.
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
    /// one.await?; // `other` need not be polled for that
    /// other.await
    /// # }
    /// ```
    pub fn close(mut self) -> Closing {
        // Before the share is given up: the last owner looks for those who wait.
        let waiting = Waiter::of(&self.inner().closed);
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

    /// Gives up this share; that others still hold the object is an error.
    pub(crate) fn close_last(mut self) -> Result<Closing, Error> {
        let others = self.count_others();
        let still_shared = || Error::still_shared(others).named(&PathSegment::Object(T::blueprint));
        self.take_last().map(Inner::close).ok_or_else(still_shared)
    }

    /// How many other shares there are, for a message: others come and go meanwhile.
    pub(crate) fn count_others(&self) -> usize {
        Arc::strong_count(self.inner()) - 1
    }

    pub(crate) fn made_at(&self) -> Option<&'static Location<'static>> {
        self.inner().live.made_at()
    }

    /// Drops `end` when the object's close has ended, whichever owner closes it. Once for an object.
    pub(crate) fn at_end(&self, end: oneshot::Sender<()>) {
        drop(self.inner().end.set(end));
    }

    /// Reports to `watcher` that shares are given up. Once for an object.
    pub(crate) fn watch(&self, watcher: Arc<dyn Released>) {
        drop(self.inner().watcher.set(watcher));
    }

    /// Whether this is the only share.
    pub(crate) fn is_alone(&self) -> bool {
        Arc::strong_count(self.inner()) == 1
    }

    /// Gives up the share. Of several owners who do so at the same time, exactly one is the last.
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

/// Gives up a share, of whose end somebody wants to know.
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

/// Every waiter registered while some share was alive, so no new one can appear.
impl<T: AObject> Inner<T> {
    fn close(self) -> Closing {
        let mut job = self.live.into_job();
        if let Some(end) = self.end.into_inner() {
            job = job.ending(end);
        }
        let closing = Closing::of(job);
        if Arc::strong_count(&self.closed) == 1 {
            return closing;
        }
        let waiting = Waiter::of(&self.closed);
        self.closed.hand_over(closing.into_job());
        Closing::shared(waiting)
    }

    /// The last owner is dropped.
    fn leave(self) {
        let is_awaited = Arc::strong_count(&self.closed) > 1;
        if !is_awaited && self.end.get().is_none() {
            // As a `Live` that is dropped.
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
    /// Lets the object have several owners, the last of whom closes it.
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
    /// pool.close().await?; // when the task has released it
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

/// Releases this share: two owners of one object never wait for each other.
impl<T: AObject> Close for Shared<T> {
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

/// By name and place.
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
