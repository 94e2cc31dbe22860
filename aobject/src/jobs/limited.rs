//! A job with a limit.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::job::Job;
use super::{background, frame};
use crate::label::Label;
use crate::limit::Limit;
use crate::{BoxError, Error, Phase};

/// A job that is waited for only so long.
pub(super) struct Limited {
    pub(super) job: Option<Job>,
    pub(super) limit: Limit,
    /// What holds it, for when it goes on without.
    pub(super) label: Label,
}

impl Future for Limited {
    type Output = Result<(), BoxError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { job, limit, label } = &mut *self;
        limit.start();
        let Some(unfinished) = job else {
            return Poll::Ready(Ok(()));
        };
        if let Poll::Ready(result) = unfinished.poll(cx) {
            *job = None;
            return Poll::Ready(result.map_err(BoxError::from));
        }
        let limit = ready!(limit.poll(cx));
        // Not left to the frame, which would be waited for.
        job.take()
            .into_iter()
            .for_each(|job| background::spawn(job.labelled(*label)));
        Poll::Ready(Err(Error::timed_out(Phase::Close, limit, Vec::new()).into()))
    }
}

impl Drop for Limited {
    fn drop(&mut self) {
        self.job.take().into_iter().for_each(frame::leave);
    }
}
