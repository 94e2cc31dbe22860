//! What is known of one running program, on whichever thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::SetOnce;

use crate::ground::runtimes::{self, Runtime};
use crate::ground::stopping::Stopping;
use crate::programs::noticing::Noticing;
use crate::programs::state::{Shown, State};
use crate::programs::stopped::{Cause, Stopped};

/// What the `Runner` says about the end.
#[derive(Clone)]
pub(super) struct Limits {
    /// From the first signal, or from the end of the body, to the return of `run`.
    pub(super) limit: Duration,
    /// The body's part of it; half of it unless given.
    pub(super) grace: Option<Duration>,
    pub(super) shutdown_delay: Duration,
    /// `None`: a line on standard error, if that is a terminal.
    pub(super) on_signal: Option<Arc<dyn Fn(Cause) + Send + Sync>>,
    pub(super) notice_after: Duration,
}

/// A program from the first poll of its body to the return of `run`.
pub(super) struct Program {
    pub(super) runtime: Arc<Runtime>,
    pub(super) stopping: Arc<Stopping>,
    pub(super) shown: Arc<Shown>,
    pub(super) limits: Limits,
    pub(super) noticing: Arc<Noticing>,
    opted_in: Arc<OptedIn>,
    /// The first signal, while its delay may still run.
    signalled: AtomicBool,
    /// Of a stop: when its limit is over; `None`: never.
    deadline: SetOnce<Option<Instant>>,
}

/// The part of a program's runtime that holds whether its body awaits `stopped`, and so ends by itself.
#[derive(Debug, Default)]
pub(super) struct OptedIn(AtomicBool);

impl OptedIn {
    pub(super) fn set(&self) {
        // Read once the body has been polled on the same thread.
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Program {
    pub(super) fn of(handle: &Handle, limits: Limits) -> Arc<Self> {
        let runtime = runtimes::of(handle);
        Arc::new(Self {
            stopping: runtime.part(),
            shown: runtime.part(),
            opted_in: runtime.part(),
            noticing: Noticing::begin(limits.notice_after, handle.id()),
            signalled: AtomicBool::new(false),
            deadline: SetOnce::new(),
            limits,
            runtime,
        })
    }

    pub(super) fn has_opted_in(&self) -> bool {
        self.opted_in.0.load(Ordering::Relaxed)
    }

    /// A signal was received. False if it is not the first.
    pub(super) fn signal(&self) -> bool {
        if self.signalled.swap(true, Ordering::SeqCst) || self.stopping.get().is_some() {
            return false;
        }
        self.start_clock();
        true
    }

    /// Waits until the program has to stop; from then on its clock runs.
    pub(super) async fn stopped(&self) -> Stopped {
        let reason = self.stopping.reason().await.clone();
        self.shown.advance(State::Stopping);
        self.begin_stop();
        Stopped::by(reason)
    }

    /// The body has ended, or has to.
    pub(super) fn begin_stop(&self) {
        self.start_clock();
        self.noticing.stop_begins();
    }

    /// The clock runs, from now or from earlier.
    fn start_clock(&self) {
        // An error: from earlier.
        let _ = self
            .deadline
            .set(Instant::now().checked_add(self.limits.limit));
    }

    /// When it is over, if its clock runs and the limit is not endless.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.deadline.get().copied().flatten()
    }

    /// Waits until its clock runs.
    pub(super) async fn has_begun_to_stop(&self) -> Option<Instant> {
        *self.deadline.wait().await
    }

    /// The time that is left of the limit.
    pub(super) fn left(&self) -> Duration {
        match self.deadline.get() {
            None => self.limits.limit,
            Some(None) => Duration::MAX,
            Some(Some(end)) => end.saturating_duration_since(Instant::now()),
        }
    }

    /// The time that the body may take to end by itself.
    pub(super) fn grace(&self) -> Duration {
        let grace = self.limits.grace.unwrap_or(self.limits.limit / 2);
        grace.min(self.left())
    }
}
