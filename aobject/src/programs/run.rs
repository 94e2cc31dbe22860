use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::{Either, FutureExt, select};
use tokio::runtime::{self, Runtime};

use crate::ground::error::Phase;
use crate::ground::report;
use crate::ground::runtimes::{self, CountAwaited, UNOWNED};
use crate::handles::drain::drain;
use crate::islands::global;
use crate::kernel::job::Job;
use crate::kernel::{drive, drop_scope, reaper};

use signals::Signals;
use stop::{Stop, Stopped};

mod signals;
pub(crate) mod stop;

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
/// | [`limit`](Self::limit): on all closes together, once the future has ended | 10 seconds |
/// | [`grace`](Self::grace): for the future to end by itself after the first signal | 10 seconds |
/// | [`signals`](Self::signals): SIGINT and SIGTERM (on Windows, Ctrl-C) are handled | yes |
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
    grace: Duration,
    signals: bool,
}

#[derive(Clone, Copy, Debug)]
enum Workers {
    None,
    Many(Option<usize>),
}

/// Implemented by nothing.
#[cfg(not(feature = "test-util"))]
#[diagnostic::on_unimplemented(
    message = "a clock that stands still needs the feature `test-util` of `aobject`",
    label = "`start_paused` needs the feature",
    note = "add it to the dev-dependencies: `cargo add --dev aobject --features test-util`"
)]
pub trait NeedsTestUtil {}

/// What a shutdown may take. Not the limit: a thread that blocks, on standard input say, would always take all of it.
const SHUTDOWN: Duration = Duration::from_millis(250);

/// How the future ended.
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
            limit: Duration::from_secs(10),
            grace: Duration::from_secs(10),
            signals: true,
        }
    }

    /// Runs everything on the calling thread.
    pub fn current_thread(self) -> Self {
        Self {
            workers: Workers::None,
            ..self
        }
    }

    /// Runs tasks on so many threads besides the calling one, at least 1.
    pub fn worker_threads(self, number: usize) -> Self {
        Self {
            workers: Workers::Many(Some(number)),
            ..self
        }
    }

    /// Starts with a clock that stands still; needs [`current_thread`](Self::current_thread), and tokio's
    /// `test-util`, which the feature `test-util` turns on.
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

    /// How long, once the future has ended, all closes together may take. What has not ended then is told. Threads
    /// that block may hold up the end for a quarter of a second more.
    pub fn limit(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// How long after the first signal the future, if it asked for [`stopped`], may go on before it is dropped.
    pub fn grace(self, grace: Duration) -> Self {
        Self { grace, ..self }
    }

    /// Whether signals are handled. If not, they do what they do by default, and [`stopped`] waits for ever.
    ///
    /// Once they were handled, they do not end the process by themselves any more, also when the run is over.
    pub fn signals(self, signals: bool) -> Self {
        Self { signals, ..self }
    }

    /// Builds a tokio runtime, runs the future on it, and then, however the future ended:
    ///
    /// 1. waits for the closes that go on, in tasks and in the background, and closes what [`Global`](crate::Global)s were made on the
    ///    runtime, the newest first,
    /// 2. shuts the runtime down, which drops its tasks, and waits for the closes of what these held,
    /// 3. tells what could not be finished within the [limit](Self::limit), which is one over all of this.
    ///
    /// The first SIGINT or SIGTERM resolves [`stopped`]. If nobody asked for that, or the future still runs after
    /// the [grace](Self::grace), it is dropped, and its objects are closed in the order in which it held them. A
    /// second signal ends the process at once, with 128 and the signal's number as its exit code.
    ///
    /// # Errors
    ///
    /// The future was dropped because of a signal. Everything has been closed.
    ///
    /// # Panics
    ///
    /// When the future panics: with its panic, after everything has been closed. When the runtime cannot be built,
    /// and inside of another runtime, as tokio's `block_on` does.
    pub fn run<F: Future>(self, future: F) -> Result<F::Output, Stopped> {
        // Also inside of another object's init, say, by `block_in_place`.
        drop_scope::outside(|| self.run_watched(future, |_| {}))
    }

    /// `closed` is called when everything is closed that can be, and the runtime still there.
    pub(crate) fn run_watched<F: Future>(
        self,
        future: F,
        closed: impl FnOnce(&Runtime),
    ) -> Result<F::Output, Stopped> {
        let _flights = CountAwaited::begin();
        let runtime = self.build();
        let stop = Stop::of_new(&runtime);
        let signals = self.signals.then(|| Signals::watch(Arc::clone(&stop)));
        let ended = runtime.block_on(self.drive(future, &stop));
        self.close_all(runtime, closed);
        drop((stop, signals));
        match ended {
            Ended::Output(output) => Ok(output),
            Ended::Panicked(panic) => resume_unwind(panic),
            Ended::Stopped(stopped) => Err(stopped),
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

    async fn drive<F: Future>(&self, future: F, stop: &Stop) -> Ended<F::Output> {
        let mut main = pin!(Some(AssertUnwindSafe(future).catch_unwind()));
        let running = main
            .as_mut()
            .as_pin_mut()
            .expect("it is there until it is dropped");
        let ended = match select(running, pin!(stop.signalled())).await {
            Either::Left((ended, _)) => Some(ended),
            Either::Right((_, running)) if stop.is_asked_for() => {
                tokio::time::timeout(self.grace, running).await.ok()
            }
            Either::Right(_) => None,
        };
        // In a frame: what it held makes one ordered job.
        drop(Job::in_order(drive::release(Phase::Close, &mut || {
            main.set(None)
        })));
        match ended {
            Some(Ok(output)) => Ended::Output(output),
            Some(Err(panic)) => Ended::Panicked(panic),
            None => Ended::Stopped(stop.signalled().await),
        }
    }

    fn close_all(&self, runtime: Runtime, closed: impl FnOnce(&Runtime)) {
        let deadline = Instant::now().checked_add(self.limit);
        let left = || {
            deadline.map_or(Duration::MAX, |end| {
                end.saturating_duration_since(Instant::now())
            })
        };
        let own = runtimes::of(runtime.handle());
        let pending = runtime.block_on(async {
            // Over or not, what is pending is counted below.
            let _ = tokio::time::timeout(left(), own.awaited().wait()).await;
            drain(left()).await;
            let globals =
                global::made::close_all(runtime.handle().id(), |error| report::failed(error, None));
            let _ = tokio::time::timeout(left(), globals).await;
            drain(left()).await.pending + own.awaited().len()
        });
        closed(&runtime);
        // Its workers drop their tasks now, and what is lost is told by name; only a thread that blocks takes longer.
        runtime.shutdown_timeout(SHUTDOWN);
        reaper::wait_until_idle(deadline);
        let pending = pending.max(UNOWNED.background().len());
        if pending > 0 {
            report::unfinished(pending, self.limit);
        }
    }
}
