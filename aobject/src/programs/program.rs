//! What is known of one running program, on whichever thread.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use crate::ground::runtimes::Runtime;
use crate::ground::stopping::{Reason, Stopping};
use crate::programs::state::{Shown, State};
use crate::programs::stopped::{Cause, Stopped};

/// What the `Runner` says about the end.
#[derive(Clone)]
pub(super) struct Limits {
    /// From the first signal, or from the end of the body, to the return of `run`.
    pub(super) limit: Duration,
    /// The body's part of it.
    pub(super) grace: Option<Duration>,
    pub(super) shutdown_delay: Duration,
    pub(super) on_signal: OnSignal,
}

/// `None`: a line on standard error, if that is a terminal.
#[derive(Clone, Default)]
pub(super) struct OnSignal(pub(super) Option<Arc<dyn Fn(Cause) + Send + Sync>>);

impl fmt::Debug for OnSignal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "a function"
        } else {
            "a line"
        })
    }
}

/// A program from the first poll of its body to the return of `run`.
pub(super) struct Program {
    stopping: Arc<Stopping>,
    shown: Arc<Shown>,
    limits: Limits,
    /// The first signal, while its delay may still run.
    signalled: AtomicBool,
    /// The body awaits `stopped`, and so ends by itself.
    opted_in: Arc<OptedIn>,
    deadline: OnceLock<Option<Instant>>,
    runtime: Arc<Runtime>,
}

/// The part of a runtime that a program runs on.
#[derive(Debug, Default)]
pub(super) struct OnProgram;

/// The part of a runtime that holds whether its body awaits `stopped`.
#[derive(Debug, Default)]
pub(super) struct OptedIn(AtomicBool);

impl OptedIn {
    pub(super) fn set(&self) {
        // Read once the body has been polled on the same thread.
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Program {
    pub(super) fn of(runtime: Arc<Runtime>, limits: Limits) -> Arc<Self> {
        drop(runtime.part::<OnProgram>());
        Arc::new(Self {
            stopping: runtime.part(),
            shown: runtime.part(),
            limits,
            signalled: AtomicBool::new(false),
            opted_in: runtime.part(),
            deadline: OnceLock::new(),
            runtime,
        })
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(super) fn runtime(&self) -> &Arc<Runtime> {
        &self.runtime
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

    pub(super) fn drain(&self) {
        self.shown.advance(State::Draining);
    }

    /// Resolves `stopped`.
    pub(super) fn stop(&self, reason: Reason) {
        self.stopping.stop(reason);
    }

    /// Waits until the program has to stop; from then on its clock runs.
    pub(super) async fn stopped(&self) -> Stopped {
        let reason = self.stopping.reason().await.clone();
        self.shown.advance(State::Stopping);
        self.start_clock();
        Stopped::by(reason)
    }

    /// Why the program stops, if it does.
    pub(super) fn reason(&self) -> Option<&Reason> {
        self.stopping.get()
    }

    /// The clock runs, from now or from earlier.
    pub(super) fn start_clock(&self) {
        self.deadline
            .get_or_init(|| Instant::now().checked_add(self.limits.limit));
    }

    /// When it is over, if its clock runs and the limit is not endless.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.deadline.get().copied().flatten()
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
