//! The tasks that have not been joined.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::FutureExt;
use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::task::JoinHandle;

use crate::jobs::framed::Framed;
use crate::jobs::job::Job;
use crate::label::Label;
use crate::{BoxError, Closing, Error, Phase};

/// Errors kept until the close; the first of them tell most.
const KEPT_ERRORS: usize = 64;

#[derive(Default)]
pub(super) struct Running {
    tasks: Vec<Task>,
    started: usize,
    /// How many there may be before those that have ended are looked for: their number doubles at least in between.
    reap_at: usize,
    errors: Vec<Error>,
}

struct Task {
    index: usize,
    handle: JoinHandle<Result<(), Error>>,
}

/// The task itself, and the closes of what it dropped.
pub(super) async fn supervise(task: impl Future<Output = Result<(), BoxError>>) -> Result<(), Error> {
    let (outcome, left) = Framed::new(task).await;
    let error = match outcome {
        Ok(result) => result.err().map(|cause| Error::from_cause(Phase::Close, cause)),
        Err(panic) => Some(Error::panicked(Phase::Close, panic)),
    };
    match (error, left.is_empty()) {
        (None, true) => Ok(()),
        (error, _) => Closing::of(Job::failed(error.into_iter().collect(), left)).await,
    }
}

impl Running {
    /// Yields errors for which there is no room.
    pub(super) fn add(&mut self, handle: JoinHandle<Result<(), Error>>) -> Vec<Error> {
        self.tasks.push(Task { index: self.started, handle });
        self.started += 1;
        if self.tasks.len() < self.reap_at {
            return Vec::new();
        }
        let ended: Vec<Task>;
        (ended, self.tasks) = self.tasks.drain(..).partition(|task| task.handle.is_finished());
        self.reap_at = 2 * self.tasks.len() + 16;
        let ended = ended.into_iter().filter_map(FutureExt::now_or_never);
        self.errors.extend(ended.filter_map(Result::err));
        self.errors.split_off(self.errors.len().min(KEPT_ERRORS))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tasks.is_empty() && self.errors.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.tasks.iter().filter(|task| !task.handle.is_finished()).count()
    }

    /// Waits for all, which have been told to end; what went wrong in them.
    pub(super) async fn join(self, limit: Duration) -> Result<(), BoxError> {
        let mut errors = self.errors;
        if !self.tasks.is_empty() {
            join(self.tasks.into_iter().collect(), limit, &mut errors).await;
        }
        Error::merge(errors).map_or(Ok(()), |error| Err(error.into()))
    }
}

async fn join(mut tasks: FuturesUnordered<Task>, limit: Duration, errors: &mut Vec<Error>) {
    let joined = tokio::time::timeout(limit, async {
        while let Some(result) = tasks.next().await {
            errors.extend(result.err());
        }
    });
    if joined.await.is_err() {
        errors.extend(tasks.iter().map(|task| task.abort(limit)));
        // One that never comes back to its runtime cannot be aborted either.
        let _ = tokio::time::timeout(limit, tasks.count()).await;
    }
}

impl Task {
    fn abort(&self, limit: Duration) -> Error {
        self.handle.abort();
        Error::timed_out(Phase::Close, limit, Vec::new()).named(Label::Index(self.index))
    }
}

impl Future for Task {
    type Output = Result<(), Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let index = Label::Index(self.index);
        self.handle.poll_unpin(cx).map(|joined| match joined {
            Ok(ended) => ended.map_err(|error| error.named(index)),
            // It contains its own panics, so its runtime went down, or it was aborted, which has been told.
            Err(_) => Ok(()),
        })
    }
}
