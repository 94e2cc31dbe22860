use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::resume_unwind;
use std::pin::pin;

use futures_util::future::{Either, select};
use tokio::runtime::{self, Runtime};

use crate::ground::events::observers;
use crate::ground::report::{self, AlsoToStderr};
use crate::ground::runtimes::CountAwaited;
use crate::handles::body::Body;
use crate::kernel::drop_scope;
use crate::kernel::job::Job;
use crate::programs::alarm;
use crate::programs::ending;
use crate::programs::program::Program;
use crate::programs::runner::Runner;
use crate::programs::signals;
use crate::programs::stopped::{Cause, Stopped};
use crate::programs::watch::watch;

/// Runs a future on a tokio runtime of its own, and closes everything that it left open: Python's `asyncio.run`, with
/// signals and an orderly end.
///
/// That is [`Runner::run`] with the defaults: a worker thread for each core, SIGINT and SIGTERM handled, and 20 seconds
/// for the whole stop. Blocks the calling thread until everything is closed. Where `Runner::run` would return
/// [`Stopped`], the process ends instead, as by [`Stopped::exit`]; destructors of the caller do not run then.
///
/// # Cancel safety
///
/// At a signal, [`stop`](crate::stop()) or [`fail`](crate::fail()), the future is dropped, unless it awaits
/// [`stopped`](crate::stopped()) and so ends by itself. Objects that it holds are closed in either case.
///
/// # Errors
///
/// Those that the future returns are its output. Failures that no caller can return are
/// [reported](crate::set_report_hook).
///
/// # Panics
///
/// As [`Runner::run`].
///
/// # Examples
///
/// ```
/// use aobject::{AObject, Error};
///
/// #[derive(AObject)]
/// struct App;
///
/// fn main() -> Result<(), Error> {
///     aobject::run(async {
///         let app = App::new().await?;
///         // A service would wait here: aobject::stopped().await;
///         app.close().await
///     })
/// }
/// ```
pub fn run<F: Future>(future: F) -> F::Output {
    Runner::new()
        .run(future)
        .unwrap_or_else(|stopped| stopped.exit())
}

/// How the body ended.
enum Ended<R> {
    Output(R),
    Panicked(Box<dyn Any + Send>),
    /// It was dropped.
    Stopped(Stopped),
}

impl Runner {
    /// Builds a tokio runtime, runs the body on it, and blocks the calling thread until the following is done, however the
    /// body ended:
    ///
    /// 1. Objects that the body still held are closed, one after the other, in the order in which Rust drops them.
    /// 2. Closes in tasks and in the background are awaited, and the [`Global`](crate::Global)s of the runtime are closed,
    ///    the newest first.
    /// 3. The runtime is shut down, which drops its tasks. Closes of objects that the tasks held are awaited.
    /// 4. Closes that have not ended within the [limit](Self::limit), which is one over all of these steps, are reported.
    /// 5. If the program was stopped, one line says why, how long the stop took, how many objects were closed, and which
    ///    close was slowest. It goes to `tracing` at INFO, or to standard error where there is no subscriber:
    ///    `stopped by SIGTERM in 1.2 s: 12 closed, 1 failed; slowest App.store (1.1 s)`. A program without
    ///    [notices](Self::notice_after) ends without the line, too.
    ///
    /// Objects that plain tokio tasks hold close concurrently in step 3, in no order among each other. Objects that belong
    /// together have one owner: an object that holds both, [`Tasks`](crate::Tasks) in a field for tasks that use other
    /// fields, a [`Shared`](crate::Shared) in the user; or the body awaits the task before it ends.
    ///
    /// The first signal, [`stop`](crate::stop()) or [`fail`](crate::fail()) resolves [`stopped`](crate::stopped()). A
    /// body that does not await `stopped`, or still runs after the [grace](Self::grace), is dropped. A second signal ends
    /// the process at once, with 128 and the signal's number as its exit code.
    ///
    /// The body need be neither `Send` nor `'static`. Errors of late closes are also written to standard error: a
    /// subscriber for logs may be gone by then. Let what logging and telemetry need live outside the body, before the call
    /// of `run`.
    ///
    /// # Cancel safety
    ///
    /// `run` is not async, so it cannot be cancelled. A body that is dropped half-way loses no object: what it had made
    /// is closed, and starts in flight are rolled back.
    ///
    /// # Errors
    ///
    /// [`Stopped`], if the body was dropped because the program had to stop, or if the program failed. Everything has been
    /// closed. A body that ends by itself after a signal has its output returned.
    ///
    /// # Panics
    ///
    /// When the body panics: with its panic, after everything has been closed. When the runtime cannot be built, and
    /// inside another runtime, as tokio's `block_on` does.
    ///
    /// # Examples
    ///
    /// ```
    /// use aobject::{AObject, Cause, Runner};
    ///
    /// #[derive(AObject)]
    /// struct App;
    ///
    /// let ended = Runner::new().current_thread().run(async {
    ///     let _app = App::new().await?; // closed, although the body is dropped
    ///     aobject::stop();
    ///     std::future::pending::<Result<(), aobject::Error>>().await
    /// });
    /// assert_eq!(ended.unwrap_err().cause(), Cause::Asked);
    /// ```
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
        let observers = self.observers.into_iter();
        let observing: Vec<_> = observers
            .map(|observer| observers::add(Some(id), observer))
            .collect();
        let spans = self.spans.map(|add| add(Some(id)));
        let program = Program::of(runtime.handle(), self.limits);
        let watched = watch(&program, self.signals);
        let handled = self.signals.then(|| signals::handle(&program, self.hangup));
        let (ended, late) = runtime.block_on(drive(body, &program));
        ending::close_all(runtime, &program, closed);
        program.noticing.end();
        drop((handled, watched, observing, spans));
        let stopped = program.stopping.get().cloned().map(Stopped::by);
        if let Some(stopped) = &stopped
            && let Some(line) = program.noticing.stopped(stopped)
        {
            report::stopped(&line);
        }
        drop(late);
        match (ended, stopped) {
            (Ended::Panicked(panic), _) => resume_unwind(panic),
            (Ended::Stopped(stopped), _) => Err(stopped),
            (Ended::Output(_), Some(stopped)) if stopped.cause() == Cause::Failed => Err(stopped),
            (Ended::Output(output), _) => Ok(output),
        }
    }

    fn build(&self) -> Runtime {
        let mut builder = match self.workers {
            Some(0) => runtime::Builder::new_current_thread(),
            _ => runtime::Builder::new_multi_thread(),
        };
        if let Some(number @ 1..) = self.workers {
            builder.worker_threads(number);
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
async fn drive<F: Future>(body: F, program: &Program) -> (Ended<F::Output>, AlsoToStderr) {
    let mut body = pin!(Body::new(body));
    let mut polled = pin!(poll_fn(|cx| drop_scope::unowned(|| body.as_mut().poll(cx))));
    let ended = match select(polled.as_mut(), pin!(program.stopped())).await {
        Either::Left((ended, _)) => Ok(ended),
        Either::Right((stopped, _)) => {
            let running = async {
                if !program.has_opted_in() {
                    return None;
                }
                alarm::within(program.grace(), polled).await
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
    program.begin_stop();
    program.noticing.notices.body_has_ended();
    // Before these closes, which may end at once.
    let late = report::also_to_stderr();
    drop_scope::outside(|| drop(Job::in_order_for(left, program.left() / 2)));
    (ended, late)
}
