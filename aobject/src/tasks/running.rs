//! The tasks that have not been joined.

use std::future::Future;
use std::mem;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::{Either, FutureExt, select};
use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, unconstrained};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::jobs::framed::Framed;
use crate::jobs::job::Job;
use crate::jobs::member::{Member, Tie, Within, tie_to};
use crate::label::Label;
use crate::{BoxError, Closing, Error, Phase};

/// Errors kept until the close; the first of them tell most.
const KEPT_ERRORS: usize = 64;

/// What tasks that are dropped may take at least for the closes of their objects.
const LAST_MOMENT: Duration = Duration::from_millis(100);

#[derive(Default)]
pub(super) struct Running {
    tasks: Vec<Task>,
    /// How many there may be before those that have ended are looked for: their number doubles at least in between.
    reap_at: usize,
    errors: Vec<Error>,
}

pub(super) struct Task {
    pub(super) member: Member,
    pub(super) handle: JoinHandle<Result<(), Error>>,
    /// Its own work; without the closes of what it dropped.
    pub(super) work: oneshot::Receiver<()>,
    /// The rest of it waits for whoever joins.
    pub(super) work_alone: bool,
}

/// The task itself, and the closes of what it dropped.
pub(super) async fn supervise(
    member: Member,
    kill: CancellationToken,
    task: impl Future<Output = Result<(), BoxError>>,
    work: oneshot::Sender<()>,
) -> Result<(), Error> {
    let (error, left) = {
        let mut task = pin!(Within::own(member, Framed::new(task)));
        match select(task.as_mut(), pin!(kill.cancelled())).await {
            Either::Left(((Ok(result), left), _)) => (
                result
                    .err()
                    .map(|cause| Error::from_cause(Phase::Close, cause)),
                left,
            ),
            Either::Left(((Err(panic), left), _)) => {
                (Some(Error::panicked(Phase::Close, panic)), left)
            }
            // That it overran is told by whoever joins.
            Either::Right(_) => (None, task.future().abandon()),
        }
    };
    drop(work);
    match (error, left.is_empty()) {
        (None, true) => Ok(()),
        (error, _) => {
            let closing = Closing::of(Job::failed(error.into_iter().collect(), left));
            Within::own(member, closing).await
        }
    }
}

impl Running {
    /// Yields those that have ended, now and then.
    pub(super) fn add(&mut self, task: Task) -> Vec<Task> {
        self.tasks.push(task);
        if self.tasks.len() < self.reap_at {
            return Vec::new();
        }
        let ended;
        (ended, self.tasks) = self
            .tasks
            .drain(..)
            .partition(|task| task.handle.is_finished());
        self.reap_at = 2 * self.tasks.len() + 16;
        ended
    }

    /// Yields the error if there is no room for it.
    pub(super) fn keep(&mut self, error: Error) -> Option<Error> {
        if self.errors.len() < KEPT_ERRORS {
            self.errors.push(error);
            return None;
        }
        Some(error)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tasks.is_empty() && self.errors.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.tasks
            .iter()
            .filter(|task| !task.handle.is_finished())
            .count()
    }

    /// Waits for all, which have been told to end; what went wrong in them.
    pub(super) async fn join(
        mut self,
        limit: Duration,
        kill: CancellationToken,
    ) -> Result<(), BoxError> {
        let mut errors = mem::take(&mut self.errors);
        // A task that drives this close is not waited for, of one that left it only the work.
        self.tasks.retain_mut(|task| {
            let tie = tie_to(task.member);
            task.work_alone = tie == Some(Tie::Left);
            tie != Some(Tie::Own)
        });
        if !self.tasks.is_empty() {
            join(self.tasks.into_iter().collect(), limit, kill, &mut errors).await;
        }
        Error::merge(errors).map_or(Ok(()), |error| Err(error.into()))
    }
}

async fn join(
    mut tasks: FuturesUnordered<Task>,
    limit: Duration,
    kill: CancellationToken,
    errors: &mut Vec<Error>,
) {
    if timeout(limit, ends_of(&mut tasks, errors)).await.is_ok() {
        return;
    }
    let overrun = |task: &Task| {
        Error::timed_out(Phase::Close, limit, Vec::new()).named(Label::Index(task.member.index))
    };
    errors.extend(tasks.iter().map(overrun));
    kill.cancel();
    if timeout(limit.max(LAST_MOMENT), ends_of(&mut tasks, errors))
        .await
        .is_err()
    {
        // One that does not come back to its runtime cannot be waited for.
        tasks.iter().for_each(|task| task.handle.abort());
    }
}

/// Outside of tokio's budget, lest tasks that have ended be found too late.
async fn ends_of(tasks: &mut FuturesUnordered<Task>, errors: &mut Vec<Error>) {
    unconstrained(async {
        while let Some(result) = tasks.next().await {
            errors.extend(result.err());
        }
    })
    .await;
}

impl Future for Task {
    type Output = Result<(), Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.work_alone {
            // Nothing is sent: the end of the work is the end of the sender.
            return self.work.poll_unpin(cx).map(|_| Ok(()));
        }
        // It contains its own panics: otherwise its runtime went down, or it was aborted, which has been told.
        self.handle
            .poll_unpin(cx)
            .map(|joined| joined.unwrap_or(Ok(())))
    }
}
