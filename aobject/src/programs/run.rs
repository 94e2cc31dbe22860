use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::resume_unwind;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::runtime::{self, Runtime};

use crate::ground::events::Event;
use crate::ground::events::observers::Observing;
use crate::ground::runtimes::{self, CountAwaited};
use crate::ground::stopping::Reason;
use crate::handles::body::Body;
use crate::kernel::drop_scope;
use crate::kernel::job::Job;
use crate::programs::ending;
use crate::programs::observers::Observers;
use crate::programs::program::{Limits, OnSignal, Program};
use crate::programs::signals;
use crate::programs::stop::in_body;
use crate::programs::stopped::{Cause, Stopped};

#[cfg(feature = "tracing")]
mod spans;

/// Runs a future to its end, and closes whatever it left open: Python's `asyncio.run`, all of it.
///
/// That is [`Runner::run`] with the defaults, and an end of the process where that returns [`Stopped`].
///
/// # Panics
///
/// As [`Runner::run`].
///
/// # Examples
///
/// ```
/// # use aobject::AObject;
/// # #[derive(AObject)]
/// # struct App;
/// fn main() -> Result<(), aobject::Error> {
///     aobject::run(async {
///         let app = App::new().await?;
///         // aobject::stopped().await; here, a service would wait
///         app.close().await
///     })
/// }
/// ```
pub fn run<F: Future>(future: F) -> F::Output {
    Runner::new()
        .run(future)
        .unwrap_or_else(|stopped| stopped.exit())
}

/// How a program is run: what [`run`] does, with choices.
///
/// | choice | default |
/// |---|---|
/// | [`current_thread`](Self::current_thread), [`worker_threads`](Self::worker_threads) | a worker for each core |
/// | [`limit`](Self::limit): from the first signal, or from the end of the body, to the return of `run` | 20 seconds |
/// | [`grace`](Self::grace): the body's part of it | half of the limit |
/// | [`signals`](Self::signals): SIGINT and SIGTERM (on Windows, Ctrl-C) are handled | yes |
/// | [`hangup`](Self::hangup): so is SIGHUP (on Windows, the end of the console, the session, the system) | no |
/// | [`on_signal`](Self::on_signal): is called at the first signal | a line on standard error, if that is a terminal |
/// | [`shutdown_delay`](Self::shutdown_delay): from SIGTERM to [`stopped`](crate::stopped()) | none |
///
/// The longest possible stop is the limit and half a second: set Kubernetes' `terminationGracePeriodSeconds`, or
/// systemd's `TimeoutStopSec`, to no less.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// let answer = aobject::Runner::new().current_thread().limit(Duration::from_secs(1)).run(async { 42 });
/// assert_eq!(answer.expect("nobody stops it"), 42);
/// ```
#[derive(Clone, Debug)]
#[must_use = "does nothing until `run`"]
pub struct Runner {
    workers: Workers,
    #[cfg(feature = "test-util")]
    start_paused: bool,
    limit: Duration,
    grace: Option<Duration>,
    signals: bool,
    hangup: bool,
    on_signal: OnSignal,
    shutdown_delay: Duration,
    observers: Observers,
    /// How spans are added to the program, if they are.
    spans: Option<fn(Option<runtime::Id>) -> Observing>,
}

#[derive(Clone, Copy, Debug)]
enum Workers {
    None,
    Many(Option<usize>),
}

/// Implemented by nothing: a bound that says what to write.
#[cfg(not(feature = "test-util"))]
#[diagnostic::on_unimplemented(
    message = "a clock that stands still needs the feature `test-util` of `aobject`",
    label = "`start_paused` needs the feature",
    note = "add it to the dev-dependencies: `cargo add --dev aobject --features test-util`"
)]
pub trait NeedsTestUtil {}

/// How the body ended.
enum Ended<R> {
    Output(R),
    Panicked(Box<dyn Any + Send>),
    /// It was dropped.
    Stopped(Stopped),
}

impl Default for Runner {
    fn default() -> Self {
        Self::new()
    }
}

impl Runner {
    /// With the defaults.
    pub fn new() -> Self {
        Self {
            workers: Workers::Many(None),
            #[cfg(feature = "test-util")]
            start_paused: false,
            limit: Duration::from_secs(20),
            grace: None,
            signals: true,
            hangup: false,
            on_signal: OnSignal::default(),
            shutdown_delay: Duration::ZERO,
            observers: Observers::default(),
            spans: None,
        }
    }

    /// Runs everything on the calling thread.
    pub fn current_thread(self) -> Self {
        Self {
            workers: Workers::None,
            ..self
        }
    }

    /// Runs tasks on `number` threads besides the calling one, at least 1.
    pub fn worker_threads(self, number: usize) -> Self {
        Self {
            workers: Workers::Many(Some(number)),
            ..self
        }
    }

    /// Starts with a clock that stands still; needs [`current_thread`](Self::current_thread), and tokio's `test-util`,
    /// which the feature `test-util` turns on.
    #[cfg(feature = "test-util")]
    pub fn start_paused(self, start_paused: bool) -> Self {
        Self {
            start_paused,
            ..self
        }
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
    /// A close that hangs has no more than half of it before [`Global`](crate::Global)s are closed, and three quarters
    /// before tasks are dropped: everything healthy is closed first. At the limit, what has not ended is reported.
    /// Where signals are handled, the process then ends within half a second, although every thread may be blocked.
    pub fn limit(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// The part of the [limit](Self::limit) that the body may take to end by itself, if it awaits
    /// [`stopped`](crate::stopped()), before it is dropped. Default: half of it.
    pub fn grace(self, grace: Duration) -> Self {
        Self {
            grace: Some(grace),
            ..self
        }
    }

    /// Whether SIGINT and SIGTERM are handled. If not, they do what they do by default. Default: yes.
    ///
    /// After the first program that handles signals, a thread of the library does what the default would, wherever no
    /// program and no [`stopped`](crate::stopped()) waits for them.
    pub fn signals(self, signals: bool) -> Self {
        Self { signals, ..self }
    }

    /// Whether SIGHUP stops the program, too; on Windows, the end of the console, the session and the system.
    /// Default: no.
    pub fn hangup(self, hangup: bool) -> Self {
        Self { hangup, ..self }
    }

    /// Calls a function at the first signal, on a thread of the library, with what was received. It is called although
    /// the body may block its thread. By default a line on standard error, if that is a terminal, says what is awaited.
    ///
    /// A panic in it is caught.
    pub fn on_signal(self, on_signal: impl Fn(Cause) + Send + Sync + 'static) -> Self {
        Self {
            on_signal: OnSignal(Some(Arc::new(on_signal))),
            ..self
        }
    }

    /// Serves on after SIGTERM, and only then, for `delay` before [`stopped`](crate::stopped()) resolves: the
    /// [`state`](crate::state()) is [`Draining`](crate::State::Draining) meanwhile, so that load balancers notice. The
    /// delay is part of the [limit](Self::limit). Default: none.
    pub fn shutdown_delay(self, delay: Duration) -> Self {
        Self {
            shutdown_delay: delay,
            ..self
        }
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
        self.observers.add(f);
        self
    }

    /// Builds a tokio runtime, runs the body on it, and then, by whichever way the body ended:
    ///
    /// 1. closes what the body still held, as one ordered job, in the order in which Rust drops it,
    /// 2. waits for the closes in tasks and in the background, and closes the [`Global`](crate::Global)s of the runtime,
    ///    the newest first,
    /// 3. shuts the runtime down, which drops its tasks, and waits for the closes of what these held,
    /// 4. reports what could not be finished within the [limit](Self::limit), which is one over all of this.
    ///
    /// The first signal, [`stop`](crate::stop()) or [`fail`](crate::fail()) resolves [`stopped`](crate::stopped()). A
    /// body that does not await that, or still runs after the [grace](Self::grace), is dropped. A second signal ends
    /// the process at once, with 128 and the signal's number as its exit code.
    ///
    /// Errors of late closes are also written to standard error: a subscriber for logs may be gone by then. Let what
    /// logging and telemetry need live outside the body, before the call of `run`.
    ///
    /// # Errors
    ///
    /// The body was dropped because the program had to stop, or the program failed. Everything has been closed.
    ///
    /// # Panics
    ///
    /// When the body panics: with its panic, after everything has been closed. When the runtime cannot be built, and
    /// inside another runtime, as tokio's `block_on` does.
    pub fn run<F: Future>(self, body: F) -> Result<F::Output, Stopped> {
        // Also inside another object's init, say, by `block_in_place`.
        drop_scope::outside(|| self.run_and(body, |_| {}))
    }

    /// `closed` is called when everything is closed that can be, and the runtime still there.
    pub(super) fn run_and<F: Future>(
        self,
        body: F,
        closed: impl FnOnce(&Runtime),
    ) -> Result<F::Output, Stopped> {
        let _counting = CountAwaited::begin();
        let runtime = self.build();
        let id = runtime.handle().id();
        let observing = self.observers.observe(id);
        let spans = self.spans.map(|add| add(Some(id)));
        let program = Program::of(runtimes::of(runtime.handle()), self.limits());
        let handled = self.signals.then(|| signals::handle(&program, self.hangup));
        let ended = runtime.block_on(drive(body, &program));
        let late = crate::ground::report::also_to_stderr();
        ending::close_all(runtime, &program, closed);
        drop((late, handled, observing, spans));
        match (ended, program.reason()) {
            (Ended::Panicked(panic), _) => resume_unwind(panic),
            (Ended::Stopped(stopped), _) => Err(stopped),
            (Ended::Output(_), Some(reason @ Reason::Failed(_))) => {
                Err(Stopped::by(reason.clone()))
            }
            (Ended::Output(output), _) => Ok(output),
        }
    }

    fn limits(&self) -> Limits {
        Limits {
            limit: self.limit,
            grace: self.grace,
            shutdown_delay: self.shutdown_delay,
            on_signal: self.on_signal.clone(),
        }
    }

    fn build(&self) -> Runtime {
        let mut builder = match self.workers {
            Workers::None => runtime::Builder::new_current_thread(),
            Workers::Many(_) => runtime::Builder::new_multi_thread(),
        };
        if let Workers::Many(Some(number)) = self.workers {
            builder.worker_threads(number.max(1));
        }
        #[cfg(feature = "test-util")]
        builder.start_paused(self.start_paused);
        builder
            .enable_all()
            .build()
            .expect("the system allows for a runtime")
    }
}

/// Drives the body to its end, or drops it; what it left is closed in the background, as one ordered job.
async fn drive<F: Future>(body: F, program: &Program) -> Ended<F::Output> {
    let mut body = pin!(Body::new(body));
    let mut polled = pin!(poll_fn(|cx| in_body(|| drop_scope::unowned(|| body
        .as_mut()
        .poll(cx)))));
    let ended = match select(polled.as_mut(), pin!(program.stopped())).await {
        Either::Left((ended, _)) => Ok(ended),
        Either::Right((stopped, _)) => {
            signals::look_at_clocks();
            let running = async {
                if !program.has_opted_in() {
                    return None;
                }
                tokio::time::timeout(program.grace(), polled).await.ok()
            };
            running.await.ok_or(stopped)
        }
    };
    let (ended, left) = match ended {
        Ok((Ok(output), left)) => (Ended::Output(output), left),
        Ok((Err(panic), left)) => (Ended::Panicked(panic), left),
        Err(stopped) => {
            let left = drop_scope::unowned(|| body.abandon());
            (Ended::Stopped(stopped), left)
        }
    };
    program.start_clock();
    signals::look_at_clocks();
    drop_scope::outside(|| drop(Job::in_order_for(left, program.left() / 2)));
    ended
}
