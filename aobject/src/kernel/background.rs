//! Closes that nobody awaits, as tasks.

use std::future::Future;
use std::panic::Location;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tokio::runtime::Handle;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::ground::blueprint::Blueprint;
use crate::ground::error::{BoxError, Error, Phase};
use crate::ground::events::acts::Act;
use crate::ground::events::observers::is_observed;
use crate::ground::panic::catch_panic;
use crate::ground::path::PathSegment;
use crate::ground::report;
use crate::ground::runtimes::{self, Runtime, UNOWNED};
use crate::kernel::drive;
use crate::kernel::job::{BoxClose, Extras, Job, Place};
use crate::kernel::reaper;
use crate::kernel::salvage;

/// A close of its own type, which can be moved until it begins.
pub(crate) trait CloseFuture:
    Future<Output = Result<(), BoxError>> + Send + 'static
{
    /// Takes it out of its place; `None` once it has begun.
    fn take_unbegun(self: Pin<&mut Self>) -> Option<BoxClose>;
}

/// Drives a job on the runtime of this thread, or else on the library's own.
pub(crate) fn spawn(mut job: Job) {
    if is_observed() {
        job.goes_to_background();
    }
    match Handle::try_current() {
        Ok(handle) => spawn_on::<BoxClose>(&handle, Work::Job { job }),
        Err(_) => to_reaper(job, "dropped outside a runtime"),
    }
}

/// The same for the close of one object, without a box in the task.
pub(crate) fn spawn_close<C: CloseFuture>(
    close: C,
    object: fn() -> Blueprint,
    made_at: &'static Location<'static>,
    mut act: Option<Box<Act>>,
) {
    if let Some(act) = &mut act {
        act.goes_to_background();
    }
    match Handle::try_current() {
        Ok(handle) => {
            let close = Some(close);
            spawn_on(
                &handle,
                Work::Close {
                    close,
                    extras: Extras::of_act(act),
                    object,
                    made_at,
                },
            );
        }
        Err(_) => {
            if let Some(close) = pin!(close).take_unbegun() {
                let job = Job::close(close, PathSegment::Object(object), Some(made_at));
                to_reaper(job.observed(act), "dropped outside a runtime");
            }
        }
    }
}

fn spawn_on<C: CloseFuture>(handle: &Handle, work: Work<C>) {
    let task = Task::of(runtimes::of(handle));
    // Only a runtime that is going down drops the task again, at once: see `Drop`. The handle is not needed, since the
    // token is how the task is waited for.
    drop(handle.spawn(Background { work, task }));
}

/// Reports an error that its caller cannot return: another one came before it.
pub(crate) fn report_unreturned(error: Error, made_at: Place) {
    report::failed(&error, made_at);
    runtimes::current()
        .unwrap_or_else(|| Arc::clone(&UNOWNED))
        .keep_error(error);
}

/// Where a background close is counted.
struct Task {
    runtime: Arc<Runtime>,
    /// Of an object that a subscriber dropped: a report of its close would lead to another one.
    is_quiet: bool,
    /// Dropped last: a waiter for it finds the count and the errors complete.
    _token: TaskTrackerToken,
}

pin_project! {
    struct Background<C: CloseFuture> {
        #[pin]
        work: Work<C>,
        task: Task,
    }

    /// Its runtime is shutting down, unless it has ended.
    impl<C: CloseFuture> PinnedDrop for Background<C> {
        fn drop(this: Pin<&mut Self>) {
            if !this.work.has_ended() {
                this.project().work.salvage();
            }
        }
    }
}

pin_project! {
    #[project = WorkProjection]
    enum Work<C> {
        /// Lean, since tokio moves the task several times.
        Close {
            #[pin]
            close: Option<C>,
            extras: Extras,
            object: fn() -> Blueprint,
            made_at: &'static Location<'static>,
        },
        Job { job: Job },
    }
}

impl<C: CloseFuture> Future for Background<C> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if let WorkProjection::Close {
            close,
            extras,
            object,
            made_at,
        } = this.work.as_mut().project()
        {
            let (object, made_at) = (*object, Some(*made_at));
            let name = || PathSegment::Object(object);
            extras.enter();
            let polled = drive::poll_close(close, extras, name, cx);
            extras.leave();
            let result = ready!(polled);
            let left = extras.take_left();
            if left.is_empty() {
                if let Some(act) = extras.act() {
                    act.end(result.as_ref().copied());
                }
                this.task
                    .ended(result.map_err(|error| error.named(&name())), name, made_at);
                return Poll::Ready(());
            }
            let job = Job::after_errors(result.err().into_iter().collect(), left);
            let job = job.named(name()).made(made_at).observed(extras.take_act());
            this.work.set(Work::Job { job });
        }
        let WorkProjection::Job { job } = this.work.project() else {
            return Poll::Ready(());
        };
        let result = ready!(job.poll(cx));
        this.task.ended(result, || *job.segment(), job.made_at());
        // Waiters for its end are woken, by wakers that may panic.
        drop(catch_panic(Phase::Close, || *job = Job::nothing()));
        Poll::Ready(())
    }
}

impl Task {
    #[inline]
    fn of(runtime: Arc<Runtime>) -> Self {
        let token = runtime.background().token();
        Self {
            runtime,
            is_quiet: report::is_reporting(),
            _token: token,
        }
    }

    fn ended(&self, result: Result<(), Error>, name: impl FnOnce() -> PathSegment, made_at: Place) {
        match result {
            Ok(()) if self.is_quiet => {}
            Ok(()) => report::closed(|| name().apply(""), made_at),
            Err(error) => {
                if !self.is_quiet {
                    report::failed(&error, made_at);
                }
                self.runtime.keep_error(error);
            }
        }
        self.runtime.count_closed();
    }
}

impl<C: CloseFuture> Work<C> {
    #[inline]
    fn has_ended(&self) -> bool {
        match self {
            Work::Close { close, .. } => close.is_none(),
            Work::Job { job } => job.has_ended(),
        }
    }

    /// A close that has not begun goes to the library's own thread, a close that has begun is lost.
    #[cold]
    fn salvage(self: Pin<&mut Self>) {
        let mut errors = Vec::new();
        let job = match self.project() {
            WorkProjection::Job { job } => {
                job.salvage(&mut errors);
                job.take()
            }
            WorkProjection::Close {
                close,
                extras,
                object,
                made_at,
            } => salvage_close(close, extras, *object, made_at, &mut errors),
        };
        for error in errors {
            report::failed(&error, job.made_at());
            // Nobody can drain this runtime any more.
            UNOWNED.keep_error(error);
        }
        if !job.has_ended() {
            to_reaper(job, "its runtime is shutting down");
        }
    }
}

fn salvage_close<C: CloseFuture>(
    mut close: Pin<&mut Option<C>>,
    extras: &mut Extras,
    object: fn() -> Blueprint,
    made_at: &'static Location<'static>,
    errors: &mut Vec<Error>,
) -> Job {
    let name = PathSegment::Object(object);
    let job = match close.as_mut().as_pin_mut().map(CloseFuture::take_unbegun) {
        None => Job::nothing(),
        Some(Some(unbegun)) => Job::close(unbegun, name, None).observed(extras.take_act()),
        Some(None) => {
            let (lost, left) = salvage::salvage_begun(extras, &mut || close.set(None));
            errors.extend(lost.into_iter().map(|error| error.named(&name)));
            drop(extras.take_act());
            left.named(name)
        }
    };
    job.made(Some(made_at))
}

#[cold]
fn to_reaper(mut job: Job, why: &str) {
    match reaper::handle() {
        Ok(reaper) => {
            let name = job.name();
            report::handed_over(&name, job.made_at(), why);
            let task = Task::of(Arc::clone(&UNOWNED));
            let work = Work::Job { job };
            reaper::spawn(&reaper, name, Background::<BoxClose> { work, task });
        }
        Err(cause) => {
            let error = Error::no_thread(&job.name(), &cause);
            report::failed(&error, job.made_at());
            UNOWNED.keep_error(error);
            job.discard();
        }
    }
}

impl CloseFuture for BoxClose {
    fn take_unbegun(self: Pin<&mut Self>) -> Option<BoxClose> {
        None
    }
}
