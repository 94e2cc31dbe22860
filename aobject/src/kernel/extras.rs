//! What a future or a job has besides itself: a limit, callers, what it left, what is observed. Most have nothing.

use std::mem;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::ground::error::{Error, Phase};
use crate::ground::events::acts::Act;
use crate::ground::limit::Limit;
use crate::ground::path::PathSegment;
use crate::ground::report;
use crate::kernel::job::{Extras, Inner, Job};

impl Extras {
    pub(crate) fn of_act(act: Option<Box<Act>>) -> Self {
        let mut extras = Self::NONE;
        if act.is_some() {
            extras.inner().act = act;
        }
        extras
    }

    /// The act that reports its steps.
    #[inline]
    pub(crate) fn act(&mut self) -> Option<&mut Act> {
        self.0.as_mut().and_then(|inner| inner.act.as_deref_mut())
    }

    #[cold]
    pub(crate) fn set_act(&mut self, act: Option<Box<Act>>) {
        self.inner().act = act;
    }

    #[cold]
    pub(crate) fn take_act(&mut self) -> Option<Box<Act>> {
        self.0.as_mut().and_then(|inner| inner.act.take())
    }

    /// Reports the start at the first call. What is polled until [`leave`](Self::leave) is a part of it.
    #[inline]
    pub(crate) fn enter(&mut self) {
        if let Some(inner) = &mut self.0 {
            inner.enter();
        }
    }

    #[inline]
    pub(crate) fn leave(&mut self) {
        if let Some(inner) = &mut self.0 {
            inner.leave();
        }
    }

    pub(crate) const NONE: Self = Self(None);

    pub(crate) fn set_limit(&mut self, limit: Duration) {
        self.inner().limit = Some(Limit::of(limit));
    }

    /// As [`Limit::start`].
    #[inline]
    pub(crate) fn start_limit(&mut self) {
        if let Some(inner) = &mut self.0 {
            inner.limit.iter_mut().for_each(Limit::start);
        }
    }

    /// Ready with an error once the limit is over.
    #[inline]
    pub(crate) fn poll_limit(&mut self, cx: &mut Context<'_>) -> Poll<Error> {
        match &mut self.0 {
            None => Poll::Pending,
            Some(inner) => inner.poll_limit(cx),
        }
    }

    /// The limit, if it is over.
    pub(crate) fn overrun(&self) -> Option<Duration> {
        self.0.as_ref().and_then(|inner| inner.overrun)
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

    /// Hands over what the future left, as one ordered job, without a wait for what runs beside it.
    #[inline]
    pub(crate) fn hand_over(&mut self, is_ready: bool, name: impl FnOnce() -> PathSegment) {
        if let Some(inner) = &mut self.0 {
            inner.hand_over(is_ready, name());
        }
    }

    #[inline]
    pub(crate) fn is_none(&self) -> bool {
        self.0.is_none()
    }

    pub(super) fn inner(&mut self) -> &mut Inner {
        self.0.get_or_insert_default()
    }
}

/// Most have nothing, so that is all that is inlined.
impl Drop for Extras {
    #[inline]
    fn drop(&mut self) {
        if let Some(inner) = self.0.take() {
            drop_inner(inner);
        }
    }
}

#[cold]
fn drop_inner(inner: Box<Inner>) {
    drop(inner);
}

impl Inner {
    #[cold]
    fn enter(&mut self) {
        if let Some(act) = &mut self.act {
            act.enter();
        }
    }

    #[cold]
    fn leave(&mut self) {
        if let Some(act) = &mut self.act {
            act.leave();
        }
    }

    #[cold]
    fn poll_limit(&mut self, cx: &mut Context<'_>) -> Poll<Error> {
        let Some(limit) = &mut self.limit else {
            return Poll::Pending;
        };
        let limit = ready!(limit.poll(cx));
        self.overrun = Some(limit);
        Poll::Ready(Error::timed_out(Phase::Init, limit, Vec::new()))
    }

    #[cold]
    fn hand_over(&mut self, is_ready: bool, name: PathSegment) {
        if let (true, Some(act)) = (is_ready, &mut self.act) {
            act.end(Ok(()));
        }
        // While it is pending, the timer decides.
        if is_ready && let Some(limit) = self.limit.as_ref().and_then(Limit::overrun) {
            let error = Error::timed_out(Phase::Init, limit, Vec::new()).named(&name);
            report::overrun(&error, None);
        }
        drop(Job::in_order(mem::take(&mut self.left)).named(name));
    }

    #[cold]
    fn take_left(&mut self) -> Vec<Job> {
        let mut left = mem::take(&mut self.left);
        let beside = mem::take(&mut self.beside);
        if !beside.is_empty() {
            left.insert(0, Job::wait(all_ended(beside)));
        }
        left
    }
}

async fn all_ended(jobs: Vec<oneshot::Receiver<()>>) -> Result<(), Error> {
    for job in jobs {
        // Nothing is sent: the end of the job is the end of the sender.
        let _ = job.await;
    }
    Ok(())
}
