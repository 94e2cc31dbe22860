use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::FutureExt;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::__private::Outcome;
use crate::jobs::job::Job;
use crate::jobs::member::Member;
use crate::jobs::{frame, report};
use crate::label::Label;
use crate::{Blueprint, BoxError, Close, Closing, Error};

pub use ready::Ready;
use running::{Running, Task, supervise};

mod ready;
mod running;

/// Background work that an object owns: tasks that are cancelled and joined when it is closed.
///
/// A task is a function of a [`CancellationToken`], which tells it to end. The objects that a task drops are closed
/// before it counts as ended. A task that itself closes what owns it, by dropping the last share say, is not waited
/// for by that close; one that keeps a share until it is told to end keeps its owner open for ever.
///
/// As a field, it is closed without being told; declared with an `init` that names other fields, or `after` them,
/// before these.
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
///         tasks.spawn(async move |stop: CancellationToken| {
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
    id: u64,
    started: AtomicUsize,
    /// Tells the tasks to end.
    cancel: CancellationToken,
    /// Has them dropped.
    kill: CancellationToken,
    limit: Duration,
    running: Mutex<Running>,
}

impl Tasks {
    /// None yet. A close gives them 5 seconds, see [`limit`](Self::limit).
    #[must_use]
    pub fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            started: AtomicUsize::new(0),
            cancel: CancellationToken::new(),
            kill: CancellationToken::new(),
            limit: Duration::from_secs(5),
            running: Mutex::default(),
        }
    }

    /// How long a close waits for the tasks, once they have been told to end, before it drops them.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Starts a task. That it panics is reported at once, and told when the tasks are closed.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub fn spawn<F, Fut>(&self, task: F)
    where
        F: FnOnce(CancellationToken) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let stop = self.cancel.child_token();
        self.start(
            async {
                task(stop).await;
                Ok(())
            },
            |ended| ended,
        );
    }

    /// Starts a task that may fail. That it does, or panics, is reported at once, and told when the tasks are closed.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let tasks = aobject::Tasks::new();
    /// tasks.try_spawn(async |_stop| Err("out of paper".into()));
    /// let error = tasks.close().await.unwrap_err();
    /// assert_eq!(error.to_string(), "close of `Tasks[0]` failed: out of paper");
    /// # }
    /// ```
    pub fn try_spawn<F, Fut>(&self, task: F)
    where
        F: FnOnce(CancellationToken) -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        let stop = self.cancel.child_token();
        self.start(async { task(stop).await }, |ended| ended);
    }

    /// Starts a task that says when it is ready, and waits for that. It returns `()` or a `Result<(), E>`.
    ///
    /// # Cancel safety
    ///
    /// The task starts at the call; dropping the future only ends the wait.
    ///
    /// # Errors
    ///
    /// The task ended before it was ready: its error or panic, which the close does not tell again. What goes wrong
    /// later is told when the tasks are closed.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
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
    /// let address = tasks.spawn_ready(async |stop: CancellationToken, ready: Ready<_>| -> Result<(), BoxError> {
    ///     let listener = TcpListener::bind("127.0.0.1:0").await?;
    ///     ready.send(listener.local_addr()?);
    ///     stop.run_until_cancelled(listener.accept()).await;
    ///     Ok(())
    /// });
    /// assert_ne!(address.await?.port(), 0);
    /// tasks.close().await
    /// # }
    /// ```
    pub fn spawn_ready<V, F, Fut>(
        &self,
        task: F,
    ) -> impl Future<Output = Result<V, Error>> + Send + use<V, F, Fut>
    where
        V: Send + 'static,
        F: FnOnce(CancellationToken, Ready<V>) -> Fut + Send + 'static,
        Fut: Future<Output: Outcome> + Send + 'static,
    {
        let stop = self.cancel.child_token();
        let (ready, until_ready) = ready::channel();
        let untold = ready.untold();
        self.start(async { task(stop, ready).await.into_result() }, |ended| {
            untold.tell(ended)
        });
        until_ready
    }

    /// Tells the tasks to end, those too that start later, and waits for nothing; [`close`](Self::close) does both.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }

    /// Tells the tasks to end, waits until they have, but no longer than the [limit](Self::limit), and drops those
    /// that are left then. Their objects are closed, which is waited for as long again; a task that does not come back
    /// to its runtime is left to itself.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: dropped, it is finished in the background.
    ///
    /// # Errors
    ///
    /// What went wrong in the tasks, the first 64 errors, and a [`TimedOut`](crate::ErrorKind::TimedOut) for each
    /// that was dropped, as one error with the others [related](Error::related) to it. Their paths have the number
    /// of the task, counted from 0 in order of start.
    ///
    /// # Panics
    ///
    /// Never. Outside of a tokio runtime with a timer, that there is no limit is an error of kind
    /// [`Panicked`](crate::ErrorKind::Panicked), and the tasks are left to themselves.
    pub fn close(mut self) -> Closing {
        Closing::of(self.take().unwrap_or_else(Job::nothing))
    }

    /// `tell` tells somebody of the end of the task; what nobody was told is for the close.
    fn start(
        &self,
        task: impl Future<Output = Result<(), BoxError>> + Send + 'static,
        tell: impl FnOnce(Result<(), Error>) -> Result<(), Error> + Send + 'static,
    ) {
        let member = Member {
            tasks: self.id,
            index: self.started.fetch_add(1, Ordering::Relaxed),
        };
        let (stop, kill) = (self.cancel.clone(), self.kill.clone());
        let (work_done, work) = oneshot::channel();
        // Not under the lock: a runtime that is going down drops it here and now, and what that runs may come back.
        let handle = tokio::spawn(async move {
            let ended = tell(supervise(member, kill, task, work_done).await);
            if let (Err(error), false) = (&ended, stop.is_cancelled()) {
                report::task_failed(member.index, error);
            }
            ended.map_err(|error| error.named(Label::Index(member.index)))
        });
        let ended = self.lock().add(Task {
            member,
            handle,
            work,
            work_alone: false,
        });
        for error in ended
            .into_iter()
            .filter_map(|task| task.now_or_never()?.err())
        {
            let surplus = self.lock().keep(error);
            // It has been reported.
            drop(surplus);
        }
    }

    /// The close of what there is.
    fn take(&mut self) -> Option<Job> {
        let running = std::mem::take(
            self.running
                .get_mut()
                .unwrap_or_else(PoisonError::into_inner),
        );
        if running.is_empty() {
            return None;
        }
        let (cancel, kill, limit) = (self.cancel.clone(), self.kill.clone(), self.limit);
        let job = Job::of_future(async move {
            cancel.cancel();
            running.join(limit, kill).await
        });
        Some(job.labelled(Label::Object(|| Blueprint::named("Tasks"))))
    }

    fn lock(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
        self.take().unwrap_or_else(Job::nothing)
    }
}

impl Drop for Tasks {
    fn drop(&mut self) {
        self.take().into_iter().for_each(frame::leave);
    }
}

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tasks")
            .field("limit", &self.limit)
            .field("running", &self.lock().len())
            .finish_non_exhaustive()
    }
}
