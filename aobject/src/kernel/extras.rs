//! What a user's future has besides itself.

use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::oneshot::{self, error::TryRecvError};

use crate::ground::limit::Limit;
use crate::ground::path::PathSegment;
use crate::kernel::callers::Callers;
use crate::kernel::drop_scope;
use crate::kernel::job::Job;

/// The limit of a future, the closes that run beside it, and what it left. One word, because most futures have nothing.
pub(crate) struct Extras(Option<Box<Inner>>);

#[derive(Default)]
struct Inner {
    limit: Option<Limit>,
    /// Dropped by the future while it was pending. Must end before what it left is closed, which they may use.
    beside: Vec<oneshot::Receiver<()>>,
    left: Vec<Job>,
}

impl Extras {
    pub(crate) const NONE: Self = Self(None);

    pub(crate) fn set_limit(&mut self, limit: Duration) {
        self.inner().limit = Some(Limit::of(limit));
    }

    pub(crate) fn copy_limit(&mut self, limit: Option<Duration>) {
        if let Some(limit) = limit {
            self.set_limit(limit);
        }
    }

    /// As [`Limit::start`].
    #[inline]
    pub(crate) fn start_limit(&mut self) {
        if let Some(inner) = &mut self.0 {
            inner.limit.iter_mut().for_each(Limit::start);
        }
    }

    /// As [`Limit::poll`]; pending without a limit.
    #[inline]
    pub(crate) fn poll_limit(&mut self, cx: &mut Context<'_>) -> Poll<Duration> {
        match &mut self.0 {
            None => Poll::Pending,
            Some(inner) => inner
                .limit
                .as_mut()
                .map_or(Poll::Pending, |limit| limit.poll(cx)),
        }
    }

    /// Sends what a pending future dropped to the background, as one ordered job.
    #[cold]
    pub(super) fn run_beside(&mut self, jobs: Vec<Job>, name: &PathSegment) {
        let (end, ended) = oneshot::channel();
        let beside = &mut self.inner().beside;
        if beside.len() == beside.capacity() {
            beside.retain_mut(|job| job.try_recv() == Err(TryRecvError::Empty));
            // Doubles at least before it is looked at again.
            beside.reserve(beside.len() + 4);
        }
        beside.push(ended);
        let job = Job::in_order(jobs).named(name.clone()).ending(end);
        let job = job.on_behalf_of(Callers::current().in_the_end());
        // Not to the drop scope above: its owner may be waiting for this very future.
        drop_scope::outside(|| drop(job));
    }

    /// Adds to what the future left.
    #[cold]
    pub(super) fn keep(&mut self, jobs: Vec<Job>) {
        self.inner().left.extend(jobs);
    }

    /// What the future left, after what runs beside it.
    #[inline]
    pub(crate) fn take_left(&mut self) -> Vec<Job> {
        match &mut self.0 {
            None => Vec::new(),
            Some(inner) => inner.take_left(),
        }
    }

    /// What the future left, without the wait for what runs beside it.
    #[inline]
    pub(crate) fn take_left_alone(&mut self) -> Vec<Job> {
        match &mut self.0 {
            None => Vec::new(),
            Some(inner) => std::mem::take(&mut inner.left),
        }
    }

    fn inner(&mut self) -> &mut Inner {
        self.0.get_or_insert_default()
    }
}

impl Inner {
    #[cold]
    fn take_left(&mut self) -> Vec<Job> {
        let mut left = std::mem::take(&mut self.left);
        let beside = std::mem::take(&mut self.beside);
        if !beside.is_empty() {
            left.insert(0, Job::wait(all_ended(beside)));
        }
        left
    }
}

async fn all_ended(jobs: Vec<oneshot::Receiver<()>>) -> Result<(), crate::ground::error::Error> {
    for job in jobs {
        // Nothing is sent: the end of the job is the end of the sender.
        let _ = job.await;
    }
    Ok(())
}
