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

/// Background work that an object owns: tasks that are cancelled and joined when it is closed.
///
/// A task has a name, which its errors and reports carry, and is a function of a [`CancellationToken`], by which a close
/// asks it to end. The objects that a task drops are closed before it counts as ended. A task that waits for the close
/// of its own owner is not waited for by that close. A task that holds a share of its owner keeps the owner open: let it
/// hold a [`Weak`](crate::Weak).
///
/// | a task that ends unasked | is |
/// |---|---|
/// | by an error or a panic | reported at once, and an error of the close |
/// | in either way, or by a plain return | what [`ended`](Self::ended) waits for; of [`essential`](Self::essential) tasks, the end of the program |
/// | by an error or a panic, under [`restart`](Self::restart) | started anew |
/// | because its runtime shuts down | reported, an error of kind [`Lost`](crate::ErrorKind::Lost) |
///
/// A field of this type closes by itself; declared with an `init` that names other fields, or `after` them, before
/// these.
///
/// # Dropping
///
/// The close goes to the background: the tasks are cancelled and joined there.
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
    /// No tasks yet. A close gives them 5 seconds, see [`limit`](Self::limit).
    #[must_use]
    pub fn new() -> Self {
        Self {
            roster: Arc::default(),
            limit: Duration::from_secs(5),
        }
    }

    /// Limits the wait of a close for the tasks, once they are asked to end, before it drops them. Default: 5 seconds.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Makes each task essential: one that ends unasked stops the program, as [`fail`](crate::fail) does.
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

    /// Starts a task. A panic in it is reported at once, and returned by the close.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
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

    /// Starts a task that may fail. An error or a panic is reported at once, and returned by the close.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
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

    /// Starts a task that says when it is ready, and waits for that. It returns `()` or a `Result<(), E>`.
    ///
    /// # Cancel safety
    ///
    /// The task starts at the call; dropping the future only ends the wait.
    ///
    /// # Errors
    ///
    /// The task ended before it was ready: its error or panic, which the close does not return again. An error after
    /// that is reported, and returned by the close.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
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

    /// Starts a task that is started anew after each error or panic, as `policy` says, until it returns or is asked to
    /// end. It returns `()` or a `Result<(), E>`. Objects that an attempt drops are closed before the next one.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
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
    /// let error = tasks.ended().await; // when the delays are used up
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

    /// Waits for the first task that ends unasked: by an error, a panic, or a plain return, which is an error of kind
    /// [`Ended`](crate::ErrorKind::Ended). Resolves at once if one has.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{ErrorKind, Tasks};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let tasks = Tasks::new();
    /// tasks.spawn("poll", async |_stop| {}); // returns, although nobody asked it to end
    /// let error = tasks.ended().await;
    /// assert_eq!((error.path(), error.kind()), ("Tasks.poll", ErrorKind::Ended));
    /// # }
    /// ```
    pub fn ended(&self) -> impl Future<Output = Error> + Send + use<> {
        let roster = Arc::clone(&self.roster);
        async move { named(roster.ended().await) }
    }

    /// Asks the tasks to end, also those that start later, and waits for nothing; [`close`](Self::close) does both.
    pub fn cancel(&self) {
        self.roster.cancel();
    }

    /// Asks the tasks to end, waits until they have, but no longer than the [limit](Self::limit), and drops those that
    /// are left then. Their objects are closed, which is waited for as long again; a task that blocks its thread is left
    /// to itself.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: dropped, it is finished in the background.
    ///
    /// # Errors
    ///
    /// The errors of the tasks, and a [`TimedOut`](crate::ErrorKind::TimedOut) for each that was dropped: the first as
    /// the error, up to 64 others [related](Error::related) to it, and how many more there were. Their paths have the
    /// name of the task.
    ///
    /// # Panics
    ///
    /// Never. Outside a tokio runtime with a timer, the missing limit is an error of kind
    /// [`Panicked`](crate::ErrorKind::Panicked), and the tasks are left to themselves.
    pub fn close(mut self) -> Closing {
        Closing::of(self.take())
    }

    /// `deliver` yields the end of the task back if it has no waiter; then it is for the close.
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
            // Dropped last: the task has ended when everything that it held is gone.
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
