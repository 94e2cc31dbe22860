use std::fmt;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::__private::Outcome;
use crate::jobs::frame;
use crate::jobs::job::Job;
use crate::label::Label;
use crate::{Blueprint, BoxError, Close, Closing, Error};

pub use ready::Ready;
use running::{Running, supervise};

mod ready;
mod running;

/// Background work that an object owns: tasks that are cancelled and joined when it is closed.
///
/// A task is a function of a [`CancellationToken`], which tells it to end. The objects that a task drops are closed
/// before it counts as ended.
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
    cancel: CancellationToken,
    limit: Duration,
    running: Mutex<Running>,
}

impl Tasks {
    /// None yet. A close gives them 5 seconds, see [`limit`](Self::limit).
    #[must_use]
    pub fn new() -> Self {
        let limit = Duration::from_secs(5);
        Self { cancel: CancellationToken::new(), limit, running: Mutex::default() }
    }

    /// How long a close waits for the tasks, once they have been told to end, before it aborts them.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Starts a task. That it panics is told when the tasks are closed.
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
        self.start(supervise(async {
            task(stop).await;
            Ok(())
        }));
    }

    /// Starts a task that may fail. That it does, or panics, is told when the tasks are closed.
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
        self.start(supervise(async { task(stop).await }));
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
        let unsaid = ready.unsaid();
        let task = supervise(async { task(stop, ready).await.into_result() });
        self.start(async { unsaid.tell(task.await) });
        until_ready
    }

    /// Tells the tasks to end, waits until they have, but no longer than the [limit](Self::limit), and aborts those
    /// that are left then. Their objects are closed in the background.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: dropped, it is finished in the background.
    ///
    /// # Errors
    ///
    /// What went wrong in the tasks, the first 64 errors, and a [`TimedOut`](crate::ErrorKind::TimedOut) for each
    /// that was aborted, as one error with the others [related](Error::related) to it. Their paths have the number
    /// of the task, counted from 0 in order of start.
    ///
    /// # Panics
    ///
    /// Never. Outside of a tokio runtime with a timer, that there is no limit is an error of kind
    /// [`Panicked`](crate::ErrorKind::Panicked), and the tasks are left to themselves.
    pub fn close(mut self) -> Closing {
        Closing::of(self.take().unwrap_or_else(Job::nothing))
    }

    fn start(&self, task: impl Future<Output = Result<(), Error>> + Send + 'static) {
        // Not under the lock: a runtime that is going down drops it here and now, and what that runs may come back.
        let task = tokio::spawn(task);
        drop(self.lock().add(task));
    }

    /// The close of what there is.
    fn take(&mut self) -> Option<Job> {
        let running = std::mem::take(self.running.get_mut().unwrap_or_else(PoisonError::into_inner));
        if running.is_empty() {
            return None;
        }
        let (cancel, limit) = (self.cancel.clone(), self.limit);
        let job = Job::of_future(async move {
            cancel.cancel();
            running.join(limit).await
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
