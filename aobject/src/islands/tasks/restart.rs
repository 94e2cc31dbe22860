use std::fmt;
use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::ground::error::Error;
use crate::ground::outcome::Outcome;
use crate::islands::tasks::attempts::Attempts;

/// The policy by which [`Tasks::restart`](crate::Tasks::restart) restarts a task.
///
/// # Examples
///
/// ```
/// use aobject::Restart;
/// use std::time::Duration;
///
/// // Up to five restarts, after 100, 200, 400, 800 and 1600 ms. A run of a minute starts the delays over.
/// let delays = (0..5).map(|n| Duration::from_millis(100 << n));
/// let policy = Restart::after(delays).reset_after(Duration::from_secs(60));
/// # let _ = policy;
/// ```
#[must_use = "a policy does nothing by itself"]
pub struct Restart {
    delays: Box<dyn Fn() -> Delays + Send>,
    reset_after: Option<Duration>,
}

type Delays = Box<dyn Iterator<Item = Duration> + Send>;

impl Restart {
    /// Waits for the next of `delays` after each failure, then restarts the task. After the last delay, the next
    /// failure is final, and the task has failed.
    ///
    /// # Examples
    ///
    /// See the [type](Self).
    pub fn after<I>(delays: I) -> Self
    where
        I: IntoIterator<Item = Duration, IntoIter: Send + 'static> + Clone + Send + 'static,
    {
        let delays = Box::new(move || Box::new(delays.clone().into_iter()) as Delays);
        Self {
            delays,
            reset_after: None,
        }
    }

    /// Starts over with the first delay after a run that lasted at least `run`. By default, the delays never
    /// start over.
    ///
    /// # Examples
    ///
    /// See the [type](Self).
    pub fn reset_after(mut self, run: Duration) -> Self {
        self.reset_after = Some(run);
        self
    }
}

impl fmt::Debug for Restart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Restart")
            .field("reset_after", &self.reset_after)
            .finish_non_exhaustive()
    }
}

pub(super) async fn run<F, Fut>(
    attempts: Attempts,
    policy: Restart,
    stop: CancellationToken,
    mut task: F,
) -> Result<(), Error>
where
    F: FnMut(CancellationToken) -> Fut + Send,
    Fut: Future<Output: Outcome> + Send,
{
    let mut delays = (policy.delays)();
    loop {
        let start = Instant::now();
        let error = match attempts
            .run(async { task(stop.clone()).await.into_result() })
            .await
        {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        if policy.reset_after.is_some_and(|run| start.elapsed() >= run) {
            delays = (policy.delays)();
        }
        if attempts.is_asked_to_end() {
            return Err(error);
        }
        let Some(delay) = delays.next() else {
            return Err(error);
        };
        attempts.report_restart(&error, delay);
        if stop.run_until_cancelled(sleep(delay)).await.is_none() {
            return Ok(());
        }
    }
}
