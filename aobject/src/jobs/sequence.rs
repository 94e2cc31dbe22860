//! Jobs one after the other.

use std::task::{Context, Poll, ready};

use super::job::Job;
use crate::Error;

/// Jobs one after the other; yields what went wrong, in order of time.
///
/// A job that had begun goes on meanwhile, whatever is before it, which may be waiting for it. Those are at the front
/// of what was left, or few.
#[derive(Default)]
pub(crate) struct Sequence {
    /// The next one is the last.
    jobs: Vec<Job>,
    /// How many behind the next one had begun, and have not ended.
    begun: usize,
    errors: Vec<Error>,
}

impl Sequence {
    pub(crate) fn boxed(errors: impl IntoIterator<Item = Error>, jobs: Vec<Job>) -> Box<Self> {
        Box::new(Self::new(errors, jobs))
    }

    pub(crate) fn new(errors: impl IntoIterator<Item = Error>, mut jobs: Vec<Job>) -> Self {
        jobs.reverse();
        let begun = jobs.iter().filter(|job| job.has_begun()).count();
        Self {
            jobs,
            begun,
            errors: errors.into_iter().collect(),
        }
    }

    /// What is closed, in order.
    pub(crate) fn names(&self) -> Vec<String> {
        self.jobs.iter().rev().map(Job::name).collect()
    }

    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Vec<Error>> {
        if self.begun > 0 {
            self.poll_begun(cx);
        }
        while let Some(job) = self.jobs.last_mut() {
            let result = ready!(job.poll(cx));
            self.jobs.pop();
            self.errors.extend(result.err());
        }
        Poll::Ready(std::mem::take(&mut self.errors))
    }

    fn poll_begun(&mut self, cx: &mut Context<'_>) {
        let Self {
            jobs,
            begun,
            errors,
        } = self;
        let next = jobs.len().saturating_sub(1);
        let mut at = 0;
        *begun = 0;
        jobs.retain_mut(|job| {
            let (is_next, had_begun) = (at == next, job.has_begun());
            at += 1;
            if is_next || !had_begun {
                return true;
            }
            match job.poll(cx) {
                Poll::Pending => *begun += 1,
                Poll::Ready(result) => {
                    errors.extend(result.err());
                    return false;
                }
            }
            true
        });
    }

    /// What went wrong so far, and what has not ended, in order.
    pub(crate) fn into_parts(mut self) -> (Vec<Error>, Vec<Job>) {
        self.jobs.reverse();
        (self.errors, self.jobs)
    }
}
