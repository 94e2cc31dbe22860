//! Closes that nobody waits for.

use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::runtime::Handle;

use crate::Error;
use crate::jobs::job::Job;
use crate::jobs::tally::{self, Tally};
use crate::jobs::{reaper, report};

/// Has a job driven on the runtime of this thread, or else by the reaper.
pub(crate) fn spawn(job: Job) {
    let Ok(runtime) = Handle::try_current() else {
        report::handed_over(&job, "it was dropped outside of a runtime");
        return reaper::take(job);
    };
    let tally = tally::of(&runtime);
    tally.begin();
    // Only a runtime that is going down drops the task again, at once: see `Drop`. The handle is not needed, the
    // tally is how the task is waited for.
    drop(runtime.spawn(Background::new(job, tally)));
}

/// Tells an error that its caller has no use for: another one came before it.
pub(crate) fn unheard(error: Error, made_at: Option<&'static Location<'static>>) {
    report::failed(&error, made_at);
    match Handle::try_current() {
        Ok(runtime) => tally::of(&runtime).keep(error),
        Err(_) => tally::REAPER.keep(error),
    }
}

/// A job as a task.
pub(crate) struct Background {
    /// `None` once it has ended.
    job: Option<Job>,
    tally: Arc<Tally>,
}

impl Background {
    /// The job must have been counted in `tally`.
    pub(crate) fn new(job: Job, tally: Arc<Tally>) -> Self {
        Self { job: Some(job), tally }
    }
}

impl Future for Background {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Some(job) = &mut self.job else { return Poll::Ready(()) };
        let result = ready!(job.poll(cx));
        match result {
            Ok(()) => report::closed(job),
            Err(error) => {
                report::failed(&error, job.made_at());
                self.tally.keep(error);
            }
        }
        self.job = None;
        self.tally.closed();
        Poll::Ready(())
    }
}

/// The runtime is shutting down: what has not begun goes to the reaper, what has is lost.
impl Drop for Background {
    fn drop(&mut self) {
        let Some(job) = self.job.take() else { return };
        let made_at = job.made_at();
        let mut unbegun = Vec::new();
        for error in job.salvage(&mut unbegun) {
            report::failed(&error, made_at);
            // Nobody can drain this runtime any more.
            tally::REAPER.keep(error);
        }
        if let Some(job) = Job::sequence(unbegun) {
            report::handed_over(&job, "its runtime is shutting down");
            reaper::take(job);
        }
        // After the hand-over: a drain must not find neither of the two pending.
        self.tally.end();
    }
}
