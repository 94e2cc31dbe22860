//! The work of a task, and the closes of the objects that it dropped.

use std::future::Future;
use std::panic::Location;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};

use crate::ground::error::{BoxError, Error, Phase};
use crate::ground::report;
use crate::handles::body::Body;
use crate::handles::closing::Closing;
use crate::islands::tasks::roster::{Entry, Roster};
use crate::kernel::callers::Callers;
use crate::kernel::job::Job;

/// Runs the work of one task, once or several times.
pub(super) struct Attempts {
    roster: Arc<Roster>,
    key: usize,
    spawned_at: &'static Location<'static>,
}

impl Attempts {
    pub(super) fn of(entry: &Entry) -> Self {
        let roster = Arc::clone(entry.roster());
        Self {
            roster,
            key: entry.key(),
            spawned_at: entry.spawned_at(),
        }
    }

    pub(super) async fn run<F>(&self, work: F) -> Result<(), Error>
    where
        F: Future<Output = Result<(), BoxError>>,
    {
        let (error, left) = {
            let body = pin!(Body::new(work));
            let mut working = Working {
                body,
                attempts: self,
            };
            let body = &mut working.body;
            match select(body.as_mut(), pin!(self.roster.killed())).await {
                Either::Left(((Ok(result), left), _)) => (
                    result
                        .err()
                        .map(|cause| Error::from_cause(Phase::Close, cause)),
                    left,
                ),
                Either::Left(((Err(panic), left), _)) => {
                    (Some(Error::panicked(Phase::Close, panic)), left)
                }
                // The close that waits for the task already has the error: an overrun.
                Either::Right(_) => (None, body.as_mut().abandon()),
            }
        };
        if left.is_empty() {
            return error.map_or(Ok(()), Err);
        }
        self.roster.set_closing(self.key, true);
        let left = Job::after_errors(error.into_iter().collect(), left);
        let closed = Closing::of(left.ending(self.roster.expect_end())).await;
        self.roster.set_closing(self.key, false);
        closed
    }

    pub(super) fn is_asked_to_end(&self) -> bool {
        self.roster.stop_token().is_cancelled()
    }

    pub(super) fn report_restart(&self, error: &Error, delay: Duration) {
        report::task_restarts(&self.roster.name(self.key), error, delay, self.spawned_at);
    }
}

/// A task's own work. Where its runtime drops it, the close of the tasks waits for what it held.
struct Working<'a, F> {
    body: Pin<&'a mut Body<F>>,
    attempts: &'a Attempts,
}

impl<F> Drop for Working<'_, F> {
    fn drop(&mut self) {
        let left = self.body.as_mut().abandon();
        if !left.is_empty() {
            let left = Job::in_order(left).on_behalf_of(Callers::current().in_the_end());
            drop(left.ending(self.attempts.roster.expect_end()));
        }
    }
}
