use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime;

use crate::ground::events::Event;
use crate::ground::events::observers::Observing;
use crate::programs::program::Limits;
use crate::programs::stopped::Cause;

#[cfg(feature = "tracing")]
mod spans;

/// Options of a program, and [`run`](Self::run), which runs it: see there for what happens, and in which order.
///
/// | option | default |
/// |---|---|
/// | [`current_thread`](Self::current_thread), [`worker_threads`](Self::worker_threads): the threads of the runtime | a worker for each core |
/// | `start_paused`: a clock that stands still, for tests | no |
/// | [`limit`](Self::limit): from the first signal, or from the end of the body, to the return of `run` | 20 seconds |
/// | [`grace`](Self::grace): the body's part of the limit | half of it |
/// | [`signals`](Self::signals): SIGINT and SIGTERM (on Windows, Ctrl-C) are handled | yes |
/// | [`hangup`](Self::hangup): SIGHUP (on Windows, the end of the console, the session, the system) is handled, too | no |
/// | [`on_signal`](Self::on_signal): a function for the first signal | a line on standard error, if that is a terminal |
/// | [`shutdown_delay`](Self::shutdown_delay): from SIGTERM to [`stopped`](crate::stopped()) | none |
/// | [`notice_after`](Self::notice_after): a start, a close or a stop without progress is reported | 5 seconds |
/// | [`observe`](Self::observe): a function for every [event](crate::events) | none |
/// | `spans` (feature `tracing`): each init and each close is a span | no |
///
/// The longest possible stop is the limit and half a second: set Kubernetes' `terminationGracePeriodSeconds`, or
/// systemd's `TimeoutStopSec`, to no less.
///
/// A `Runner` does nothing until `run`, and dropping it does nothing. Its clones run programs with the same options.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// let answer = aobject::Runner::new()
///     .current_thread()
///     .limit(Duration::from_secs(1))
///     .run(async { 42 });
/// assert_eq!(answer.expect("nothing stops it"), 42);
/// ```
#[derive(Clone)]
#[must_use = "does nothing until `run`"]
pub struct Runner {
    /// Besides the calling thread; `None`: one for each core.
    pub(super) workers: Option<usize>,
    #[cfg(feature = "test-util")]
    pub(super) start_paused: bool,
    pub(super) signals: bool,
    pub(super) hangup: bool,
    pub(super) limits: Limits,
    pub(super) observers: Vec<Observer>,
    /// How spans are added to the program, if they are.
    pub(super) spans: Option<fn(Option<runtime::Id>) -> Observing>,
}

pub(super) type Observer = Arc<dyn Fn(&Event<'_>) + Send + Sync>;

/// Implemented by nothing: a bound that says what to write.
#[cfg(not(feature = "test-util"))]
#[diagnostic::on_unimplemented(
    message = "`start_paused` needs the feature `test-util` of `aobject`",
    label = "this feature is not enabled",
    note = "enable the feature for tests: `cargo add --dev aobject --features test-util`"
)]
pub trait NeedsTestUtil {}

impl fmt::Debug for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runner")
            .field("workers", &self.workers)
            .field("limit", &self.limits.limit)
            .field("signals", &self.signals)
            .finish_non_exhaustive()
    }
}

impl Default for Runner {
    fn default() -> Self {
        Self::new()
    }
}

impl Runner {
    /// A runner with the defaults of the table above.
    pub fn new() -> Self {
        Self {
            workers: None,
            #[cfg(feature = "test-util")]
            start_paused: false,
            signals: true,
            hangup: false,
            limits: Limits {
                limit: Duration::from_secs(20),
                grace: None,
                shutdown_delay: Duration::ZERO,
                on_signal: None,
                notice_after: Duration::from_secs(5),
            },
            observers: Vec::new(),
            spans: None,
        }
    }

    /// Runs the body and all tasks on the calling thread.
    pub fn current_thread(mut self) -> Self {
        self.workers = Some(0);
        self
    }

    /// Runs tasks on `number` threads besides the calling one, at least 1. Default: one for each core.
    pub fn worker_threads(mut self, number: usize) -> Self {
        self.workers = Some(number.max(1));
        self
    }

    /// Starts with a paused clock, which leaps to the next timer whenever all tasks wait. Default: no. Needs the feature
    /// `test-util`.
    ///
    /// # Panics
    ///
    /// In [`run`](Self::run), without [`current_thread`](Self::current_thread).
    #[cfg(feature = "test-util")]
    pub fn start_paused(mut self, start_paused: bool) -> Self {
        self.start_paused = start_paused;
        self
    }

    /// Says what to write.
    #[doc(hidden)]
    #[cfg(not(feature = "test-util"))]
    pub fn start_paused(self, _: impl NeedsTestUtil) -> Self {
        self
    }

    /// Limits the whole stop, from the first signal, or without one from the end of the body, to the return of
    /// [`run`](Self::run). Default: 20 seconds.
    ///
    /// A close that hangs has half of the limit before [`Global`](crate::Global)s are closed, and three quarters before
    /// tasks are dropped, so that healthy objects are closed first. At the limit, closes that have not ended are
    /// reported. Where signals are handled, the process then ends within half a second, even if every thread is blocked.
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limits.limit = limit;
        self
    }

    /// Limits the time that a body which awaits [`stopped`](crate::stopped()) has to end by itself, before it is dropped.
    /// It is a part of the [limit](Self::limit). Default: half of it.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.limits.grace = Some(grace);
        self
    }

    /// Whether SIGINT and SIGTERM (on Windows, Ctrl-C) stop the program. Default: yes.
    ///
    /// If not, they do what they do by default. After the first program that handles signals, a thread of the library does
    /// that wherever no program and no [`stopped`](crate::stopped()) waits for them.
    pub fn signals(self, signals: bool) -> Self {
        Self { signals, ..self }
    }

    /// Whether SIGHUP stops the program, too; on Windows, the end of the console, the session and the system.
    /// Default: no. Without effect where [signals](Self::signals) are not handled.
    pub fn hangup(self, hangup: bool) -> Self {
        Self { hangup, ..self }
    }

    /// Calls a function at the first signal, with the signal, on a thread of the library: even if the body blocks its
    /// thread. A panic in the function is caught.
    ///
    /// Default: a line on standard error, if that is a terminal, which says that the program stops, and within what limit.
    pub fn on_signal(mut self, on_signal: impl Fn(Cause) + Send + Sync + 'static) -> Self {
        self.limits.on_signal = Some(Arc::new(on_signal));
        self
    }

    /// Delays [`stopped`](crate::stopped()) after SIGTERM, and only then, by `delay`. Meanwhile the
    /// [`state`](crate::state()) is [`Draining`](crate::State::Draining), so that load balancers notice. The delay is part
    /// of the [limit](Self::limit). Default: none.
    pub fn shutdown_delay(mut self, delay: Duration) -> Self {
        self.limits.shutdown_delay = delay;
        self
    }

    /// Reports a start, a close or a stop that has made no progress for `after`, and again each time that has doubled.
    /// Default: 5 seconds. Zero: never, and then a stop does not end with a line either.
    ///
    /// Progress is a step of the object or of one of its parts: a start, an end. A notice is a warning, on its way as
    /// any other [`Report`](crate::Report), and names the innermost parts in flight and the fields that wait:
    ///
    /// ```text
    /// App starting for 12 s: in flight App.store.pool (12 s); waiting App.index on store
    /// Config closing for 5 s: waiting for 1 share (made at src/main.rs:42:9)
    /// program stopping for 10 s: in flight App.listener (10 s)
    /// ```
    ///
    /// Shares are counted when [`Shared::close`](crate::Shared::close) or [`Global::close`](crate::Global::close) is
    /// called: a caller that holds one of them waits for itself. Notices come from a thread of the library, in real time,
    /// so code that blocks its thread is seen as well.
    ///
    /// For this, the program observes itself: from its begin for 512 objects and then for 64 objects a second, not
    /// counting their parts. A program that starts more is observed no longer, at no cost from then on, until it stops;
    /// of its waits for shares there are notices nevertheless.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn main() -> Result<(), aobject::Stopped> {
    /// use std::time::Duration;
    ///
    /// let runner = aobject::Runner::new().notice_after(Duration::from_secs(1));
    /// runner.run(async {
    ///     // A start that hangs in here is reported after 1, 2, 4, 8 … seconds.
    /// })
    /// # }
    /// ```
    pub fn notice_after(mut self, after: Duration) -> Self {
        self.limits.notice_after = after;
        self
    }

    /// Calls `f` with every [event](crate::events) of the objects that start in the program, from before the body until
    /// all is closed. May be called several times.
    ///
    /// See [`events::observe`](crate::events::observe) for the rules of an observer.
    ///
    /// # Examples
    ///
    /// ```
    /// use aobject::{Runner, timeline::Timeline};
    ///
    /// # fn main() -> Result<(), aobject::Stopped> {
    /// let timeline = Timeline::new();
    /// Runner::new().observe(timeline.observer()).run(async {
    ///     // … objects start and close …
    /// })?;
    /// println!("{timeline:#}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn observe(mut self, f: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Self {
        self.observers.push(Arc::new(f));
        self
    }
}
