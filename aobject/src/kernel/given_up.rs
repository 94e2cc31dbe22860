//! What a start that is bound to fail has given up.

use std::task::{Context, Poll};

use crate::ground::error::Error;
use crate::kernel::job::Job;

/// Its close, driven concurrently with the rollback of what failed.
pub(crate) struct GivenUp {
    job: Job,
    error: Option<Error>,
}

impl GivenUp {
    pub(crate) fn new(job: Job) -> Self {
        Self { job, error: None }
    }

    /// Whether it has ended does not matter before the rollback has.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) {
        if !self.job.has_ended()
            && let Poll::Ready(result) = self.job.poll(cx)
        {
            self.error = result.err();
        }
    }

    /// What is left to be closed, and went wrong.
    pub(crate) fn into_job(self) -> Job {
        match self.error {
            Some(error) => Job::after_errors(vec![error], Vec::new()),
            None => self.job,
        }
    }
}
