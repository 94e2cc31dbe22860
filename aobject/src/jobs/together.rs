//! Jobs at the same time.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::stream::{FuturesUnordered, StreamExt};

use super::frame;
use super::job::Job;
use crate::label::Label;
use crate::{BoxError, Error};

/// Jobs at the same time, each with what it is called here. Of many, only those are polled that were woken.
#[derive(Default)]
pub(super) struct Together {
    members: FuturesUnordered<Member>,
    errors: Vec<Error>,
}

impl FromIterator<(Label, Job)> for Together {
    fn from_iter<I: IntoIterator<Item = (Label, Job)>>(jobs: I) -> Self {
        let members = jobs.into_iter().map(|(label, job)| Member {
            job: Some(job),
            label,
        });
        Self {
            members: members.collect(),
            errors: Vec::new(),
        }
    }
}

impl Future for Together {
    type Output = Result<(), BoxError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { members, errors } = &mut *self;
        while let Some(result) = ready!(members.poll_next_unpin(cx)) {
            errors.extend(result.err());
        }
        Poll::Ready(Error::merge(std::mem::take(errors)).map_or(Ok(()), |error| Err(error.into())))
    }
}

/// What has not ended is left by its members; what went wrong until now is told too.
impl Drop for Together {
    fn drop(&mut self) {
        if !self.errors.is_empty() {
            frame::leave(Job::failed(std::mem::take(&mut self.errors), Vec::new()));
        }
    }
}

struct Member {
    job: Option<Job>,
    label: Label,
}

impl Future for Member {
    type Output = Result<(), Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { job, label } = &mut *self;
        let Some(unfinished) = job else {
            return Poll::Ready(Ok(()));
        };
        let result = ready!(unfinished.poll(cx));
        *job = None;
        Poll::Ready(result.map_err(|error| error.named(*label)))
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        if let Some(job) = self.job.take() {
            frame::leave(job.labelled(self.label));
        }
    }
}
