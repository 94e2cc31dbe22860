use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::ground::blueprint::Blueprint;
use crate::ground::error::{BoxError, Error};
use crate::ground::outcome::Outcome;
use crate::ground::path::PathSegment;
use crate::handles::close::Close;
use crate::handles::closing::Closing;
use crate::kernel::job::Job;

use attempts::Attempts;
use ready::Ready;
use restart::Restart;
use roster::{Entry, Roster};

mod attempts;
mod join;
pub(crate) mod ready;
pub(crate) mod restart;
mod roster;

/// Background tasks that an object owns. They are cancelled and joined when the object is closed.
///
/// Each task has a name, which its errors and reports carry. It is a function of a [`CancellationToken`]; a close
/// cancels the token to ask the task to end. A task counts as ended after the objects that it dropped have been
/// closed. A close does not wait for a task that itself waits for that close. A task that holds a share of its
/// owner keeps the owner open; let it hold a [`Weak`](crate::Weak) instead.
///
/// | a task that ends without being asked to | result |
/// |---|---|
/// | with an error or a panic | it is reported at once, and the close returns the error |
/// | with an error, a panic, or a plain return | [`ended`](Self::ended) resolves; if the tasks are [`essential`](Self::essential), the program stops |
/// | with an error or a panic, under [`restart`](Self::restart) | it is restarted |
/// | because its runtime shuts down | it is reported with an error of kind [`Lost`](crate::ErrorKind::Lost) |
///
/// A field of this type closes without an attribute. If its `init` mentions other fields, or is `after` them, the
/// tasks end before those fields close.
///
/// # Dropping
///
/// Dropping it closes the tasks in the background: they are cancelled and joined there.
///
/// # Examples
///
/// ```
/// use aobject::{AObject, CancellationToken, Tasks};
/// use tokio::sync::mpsc;
///
/// #[derive(AObject)]
/// struct Counter {
///     #[aobject(init = mpsc::unbounded_channel())]
///     line: (mpsc::UnboundedSender<u32>, mpsc::UnboundedReceiver<u32>),
///     #[aobject(init = Counter::count(line.0.clone()))]
///     tasks: Tasks,
/// }
///
/// impl Counter {
///     fn count(line: mpsc::UnboundedSender<u32>) -> Tasks {
///         let tasks = Tasks::new();
///         tasks.spawn("count", async move |stop: CancellationToken| {
///             let mut count = 0;
///             while !stop.is_cancelled() && line.send(count).is_ok() {
///                 count += 1;
///                 tokio::task::yield_now().await;
///             }
///         });
///         tasks
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aobject::Error> {
/// let mut counter = Counter::new().await?;
/// assert_eq!(counter.line.1.recv().await, Some(0));
/// counter.close().await // the task has ended
/// # }
/// ```
pub struct Tasks {
    roster: Arc<Roster>,
    limit: Duration,
}

impl Tasks {
    /// Makes an empty set of tasks. A close waits for them for at most 5 seconds, see [`limit`](Self::limit).
    #[must_use]
    pub fn new() -> Self {
        Self {
            roster: Arc::default(),
            limit: Duration::from_secs(5),
        }
    }

    /// Limits how long a close waits for the tasks after asking them to end. Then it drops them. Default: 5
    /// seconds.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{ErrorKind, Tasks};
    /// # use std::{future::pending, time::Duration};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() {
    /// let tasks = Tasks::new().limit(Duration::from_secs(1));
    /// tasks.spawn("deaf", async |_stop| pending().await); // ignores the token
    /// let error = tasks.close().await.unwrap_err();
    /// assert_eq!((error.path(), error.kind()), ("Tasks.deaf", ErrorKind::TimedOut));
    /// # }
    /// ```
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Makes every task essential. If one ends without being asked to, the program stops, as with
    /// [`fail`](crate::fail). By default, tasks are not essential.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{AObject, CancellationToken, Tasks};
    /// #[derive(AObject)]
    /// struct Outbox {
    ///     #[aobject(init = Tasks::new().essential())]
    ///     tasks: Tasks,
    /// }
    ///
    /// # fn main() {
    /// let ended = aobject::Runner::new().run(async {
    ///     let outbox = Outbox::new().await?;
    ///     outbox.tasks.try_spawn("flush", async |_stop| Err("connection refused".into()));
    ///     aobject::stopped().await;
    ///     outbox.close().await.ok();
    ///     Ok::<_, aobject::Error>(())
    /// });
    /// assert!(ended.is_err());
    /// # }
    /// ```
    #[must_use]
    pub fn essential(self) -> Self {
        self.roster.set_essential();
        self
    }

    /// Spawns a task. A panic in it is reported at once, and the close returns it.
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime.
    ///
    /// # Examples
    ///
    /// See the [type](Self).
    #[track_caller]
    pub fn spawn<F, Fut>(&self, name: impl Into<Cow<'static, str>>, task: F)
    where
        F: FnOnce(CancellationToken) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let stop = self.roster.stop_token();
        self.start(name.into(), Some, move |attempts| async move {
            let work = async {
                task(stop).await;
                Ok(())
            };
            attempts.run(work).await
        });
    }

    /// Spawns a task that may fail. An error or a panic is reported at once, and the close returns it.
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let tasks = aobject::Tasks::new();
    /// tasks.try_spawn("print", async |_stop| Err("out of paper".into()));
    /// let error = tasks.close().await.unwrap_err();
    /// assert_eq!(format!("{error:#}"), "close of `Tasks.print` failed: out of paper");
    /// # }
    /// ```
    #[track_caller]
    pub fn try_spawn<F, Fut>(&self, name: impl Into<Cow<'static, str>>, task: F)
    where
        F: FnOnce(CancellationToken) -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        let stop = self.roster.stop_token();
        self.start(name.into(), Some, move |attempts| async move {
            attempts.run(async { task(stop).await }).await
        });
    }

    /// Spawns a task that signals when it is ready, and waits for the signal. The task returns `()` or a
    /// `Result<(), E>`.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe. The task starts at the call. Dropping the future only ends the wait.
    ///
    /// # Errors
    ///
    /// Fails if the task ends before it is ready. The error is that of the task, or its panic, and the close does
    /// not return it again. A later error is reported, and the close returns it.
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::BoxError;
    /// use aobject::{CancellationToken, Ready, Tasks};
    /// use tokio::net::TcpListener;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// let tasks = Tasks::new();
    /// let serve = async |stop: CancellationToken, ready: Ready<_>| -> Result<(), BoxError> {
    ///     let listener = TcpListener::bind("127.0.0.1:0").await?;
    ///     ready.send(listener.local_addr()?);
    ///     stop.run_until_cancelled(listener.accept()).await;
    ///     Ok(())
    /// };
    /// let address = tasks.spawn_ready("serve", serve).await?;
    /// assert_ne!(address.port(), 0);
    /// tasks.close().await
    /// # }
    /// ```
    #[track_caller]
    pub fn spawn_ready<V, F, Fut, N>(
        &self,
        name: N,
        task: F,
    ) -> impl Future<Output = Result<V, Error>> + Send + use<V, F, Fut, N>
    where
        V: Send + 'static,
        F: FnOnce(CancellationToken, Ready<V>) -> Fut + Send + 'static,
        Fut: Future<Output: Outcome> + Send + 'static,
        N: Into<Cow<'static, str>>,
    {
        let stop = self.roster.stop_token();
        let (ready, on_end, until_ready) = ready::channel();
        let name = name.into();
        let path = name.clone();
        self.start(
            name,
            move |ended| on_end.deliver(ended, |error| named(error.at(&path))),
            move |attempts| async move {
                attempts
                    .run(async { task(stop, ready).await.into_result() })
                    .await
            },
        );
        until_ready
    }

    /// Spawns a task that is restarted after each error or panic, as `policy` defines, until it returns or is
    /// asked to end. The task returns `()` or a `Result<(), E>`. Objects that an attempt drops are closed before
    /// the next attempt.
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::BoxError;
    /// use aobject::{Restart, Tasks};
    /// use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
    /// use std::{sync::Arc, time::Duration};
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() {
    /// let attempts = Arc::new(AtomicU32::new(0));
    /// let tasks = Tasks::new();
    /// let policy = Restart::after([Duration::from_secs(1); 3]).reset_after(Duration::from_secs(60));
    /// let counted = attempts.clone();
    /// tasks.restart("subscribe", policy, move |_stop| {
    ///     counted.fetch_add(1, Relaxed);
    ///     async { Err::<(), BoxError>("connection reset".into()) }
    /// });
    /// let error = tasks.ended().await; // after the last delay
    /// assert_eq!(error.path(), "Tasks.subscribe");
    /// assert_eq!(attempts.load(Relaxed), 4);
    /// # }
    /// ```
    #[track_caller]
    pub fn restart<F, Fut>(&self, name: impl Into<Cow<'static, str>>, policy: Restart, task: F)
    where
        F: FnMut(CancellationToken) -> Fut + Send + 'static,
        Fut: Future<Output: Outcome> + Send + 'static,
    {
        let stop = self.roster.stop_token();
        self.start(name.into(), Some, move |attempts| {
            restart::run(attempts, policy, stop, task)
        });
    }

    /// Waits for the first task that ends without being asked to, with an error, a panic or a plain return. A
    /// plain return is an error of kind [`Ended`](crate::ErrorKind::Ended). If a task has already ended, resolves
    /// at once.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe. Later calls resolve to the same error.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{ErrorKind, Tasks};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let tasks = Tasks::new();
    /// tasks.spawn("poll", async |_stop| {}); // returns without being asked to
    /// let error = tasks.ended().await;
    /// assert_eq!((error.path(), error.kind()), ("Tasks.poll", ErrorKind::Ended));
    /// # }
    /// ```
    pub fn ended(&self) -> impl Future<Output = Error> + Send + use<> {
        let roster = Arc::clone(&self.roster);
        async move { named(roster.ended().await) }
    }

    /// Asks the tasks to end, including tasks that are spawned later. Does not wait for them;
    /// [`close`](Self::close) does both.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{CancellationToken, Tasks};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// let tasks = Tasks::new();
    /// tasks.spawn("wait", async |stop: CancellationToken| stop.cancelled().await);
    /// tasks.cancel(); // does not wait
    /// tasks.close().await // joins the task
    /// # }
    /// ```
    pub fn cancel(&self) {
        self.roster.cancel();
    }

    /// Asks the tasks to end, and waits for them for at most the [limit](Self::limit). Then it drops the
    /// remaining tasks, closes the objects that they held, and waits for those closes for at most the same time
    /// again. A task that blocks its thread cannot be dropped, and keeps running.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe. If the future is dropped, the close is finished in the background.
    ///
    /// # Errors
    ///
    /// The errors of the tasks, and a [`TimedOut`](crate::ErrorKind::TimedOut) for each task that was dropped:
    /// the first as the error, at most 64 others [related](Error::related) to it, and the number of further ones.
    /// Their paths contain the name of the task.
    ///
    /// # Panics
    ///
    /// Never panics. Without a tokio runtime that has a timer, the close returns an error of kind
    /// [`Panicked`](crate::ErrorKind::Panicked) and leaves the tasks running.
    ///
    /// # Examples
    ///
    /// See the [type](Self), and [`limit`](Self::limit).
    pub fn close(mut self) -> Closing {
        Closing::of(self.take())
    }

    /// `deliver` returns the result of the task if it has no waiter. The close then returns it.
    #[track_caller]
    fn start<R>(
        &self,
        name: Cow<'static, str>,
        deliver: impl FnOnce(Result<(), Error>) -> Option<Result<(), Error>> + Send + 'static,
        run: impl FnOnce(Attempts) -> R + Send + 'static,
    ) where
        R: Future<Output = Result<(), Error>> + Send + 'static,
    {
        let entry = Entry::add(&self.roster, name, Location::caller());
        let key = entry.key();
        let task = tokio::spawn(async move {
            // Dropped last, because the task has ended only when everything that it held is gone.
            let entry = entry;
            entry.enter();
            let ended = run(Attempts::of(&entry)).await;
            entry.end(deliver(ended));
        });
        self.roster.set_handle(key, task.abort_handle());
    }

    fn take(&mut self) -> Job {
        let roster = std::mem::take(&mut self.roster);
        if roster.has_nothing() {
            return Job::nothing();
        }
        let job = Job::of_future(join::join(roster, self.limit));
        job.named(PathSegment::Object(blueprint))
    }
}

fn blueprint() -> Blueprint {
    Blueprint::named("Tasks")
}

fn named(error: Error) -> Error {
    error.named(&PathSegment::Object(blueprint))
}

impl Default for Tasks {
    fn default() -> Self {
        Self::new()
    }
}

impl Close for Tasks {
    fn close(self) -> impl Future<Output = Result<(), Error>> + Send {
        Tasks::close(self)
    }

    fn into_job(mut self) -> Job {
        self.take()
    }
}

impl Drop for Tasks {
    fn drop(&mut self) {
        drop(self.take());
    }
}

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tasks")
            .field("limit", &self.limit)
            .field("running", &self.roster.len())
            .finish_non_exhaustive()
    }
}
