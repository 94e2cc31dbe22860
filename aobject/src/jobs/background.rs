//! Closes that nobody waits for.

use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tokio::runtime::Handle;

use crate::contain::contain;
use crate::jobs::job::{self, BoxClose, Job};
use crate::jobs::object_close::CloseFuture;
use crate::jobs::tally::{self, Tally};
use crate::jobs::{reaper, report};
use crate::{AObject, Error, Phase};

/// Has a job driven on the runtime of this thread, or else by the reaper.
pub(crate) fn spawn(job: Job) {
    let Ok(runtime) = Handle::try_current() else {
        report::handed_over(&job, "it was dropped outside of a runtime");
        return reaper::take(job);
    };
    spawn_on(&runtime, job);
}

/// Has an object closed: the same, without a box in the task.
pub(crate) fn spawn_object<T: AObject>(object: T, made_at: &'static Location<'static>) {
    match Handle::try_current() {
        Ok(runtime) => spawn_on(&runtime, job::unboxed(object, made_at)),
        Err(_) => spawn(Job::of_object(object, made_at)),
    }
}

fn spawn_on<F: CloseFuture + Send + 'static>(runtime: &Handle, job: Job<F>) {
    let tally = tally::of(runtime);
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

pin_project! {
    /// A job as a task.
    pub(crate) struct Background<F = BoxClose>
    where
        F: CloseFuture,
    {
        // `None` once it has ended.
        #[pin]
        job: Option<Job<F>>,
        tally: Arc<Tally>,
    }

    /// The runtime is shutting down.
    impl<F> PinnedDrop for Background<F>
    where
        F: CloseFuture,
    {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if let Some(job) = this.job.as_pin_mut() {
                hand_over(job);
                // After the hand-over: a drain must not find neither of the two pending.
                this.tally.end();
            }
        }
    }
}

impl<F: CloseFuture> Background<F> {
    /// The job must have been counted in `tally`.
    pub(crate) fn new(job: Job<F>, tally: Arc<Tally>) -> Self {
        Self {
            job: Some(job),
            tally,
        }
    }
}

impl<F: CloseFuture> Future for Background<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let Some(mut job) = this.job.as_mut().as_pin_mut() else {
            return Poll::Ready(());
        };
        let result = ready!(job.as_mut().poll_pinned(cx));
        match result {
            Ok(()) => report::closed(&job),
            Err(error) => {
                report::failed(&error, job.made_at());
                this.tally.keep(error);
            }
        }
        // Those who wait for it are woken, by wakers that may panic.
        drop(contain(Phase::Close, || this.job.set(None)));
        this.tally.closed();
        Poll::Ready(())
    }
}

/// What has not begun goes to the reaper, what has is lost.
#[cold]
fn hand_over<F: CloseFuture>(job: Pin<&mut Job<F>>) {
    let made_at = job.made_at();
    let mut unbegun = Vec::new();
    for error in job.salvage_pinned(&mut unbegun) {
        report::failed(&error, made_at);
        // Nobody can drain this runtime any more.
        tally::REAPER.keep(error);
    }
    if let Some(job) = Job::sequence(unbegun) {
        report::handed_over(&job, "its runtime is shutting down");
        reaper::take(job);
    }
}
