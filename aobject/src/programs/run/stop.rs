use std::fmt;
use std::future::Future;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::runtime::{Handle, Id, Runtime};
use tokio::sync::SetOnce;

use crate::programs::run::signals;

/// Waits until the program is told to end: by the first SIGINT or SIGTERM, now or before.
///
/// Under [`run`](crate::run()), asking for it tells that the future wants to end by itself, for which it has the
/// [grace](crate::Runner::grace). A future that never asks is dropped at the first signal.
///
/// On another tokio runtime it waits for a signal that comes after its first poll.
///
/// # Cancel safety
///
/// Cancel safe; that it was asked for remains.
///
/// # Panics
///
/// When polled outside of a tokio runtime, or on one that was built without `enable_io`.
///
/// # Examples
///
/// ```no_run
/// # use aobject::AObject;
/// # #[derive(AObject)]
/// # struct Server;
/// fn main() -> Result<(), aobject::Error> {
///     aobject::run(async {
///         let server = Server::new().await?;
///         aobject::stopped().await;
///         server.close().await
///     })
/// }
/// ```
pub fn stopped() -> impl Future<Output = ()> + Send + use<> {
    // At the call: a future that is made early, and polled late, has asked.
    Stop::current().inspect(|stop| stop.ask());
    async {
        match Stop::current() {
            Some(stop) => {
                stop.ask();
                stop.signalled().await;
            }
            None => signals::first().await,
        }
    }
}

/// Why a [`Runner`](crate::Runner) has no output: the future was dropped because of a signal.
///
/// # Examples
///
/// ```no_run
/// use std::process::ExitCode;
///
/// fn main() -> ExitCode {
///     match aobject::Runner::new().run(std::future::pending::<ExitCode>()) {
///         Ok(code) => code,
///         Err(stopped) => {
///             eprintln!("{stopped}"); // stopped by SIGTERM
///             stopped.into() // 143
///         }
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped {
    signal: u8,
}

impl Stopped {
    pub(super) const fn by(signal: u8) -> Self {
        Self { signal }
    }

    /// The number of the signal: 2 for SIGINT, 15 for SIGTERM.
    #[must_use]
    pub fn signal(self) -> i32 {
        self.signal.into()
    }

    /// Ends the process, with 128 and the signal's number as its exit code.
    pub fn exit(self) -> ! {
        std::process::exit(128 + self.signal())
    }
}

/// 128 and the signal's number.
impl From<Stopped> for ExitCode {
    fn from(stopped: Stopped) -> Self {
        ExitCode::from(128 + stopped.signal)
    }
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.signal {
            2 => f.write_str("stopped by SIGINT"),
            15 => f.write_str("stopped by SIGTERM"),
            other => write!(f, "stopped by signal {other}"),
        }
    }
}

impl std::error::Error for Stopped {}

/// Whether a run has been told to end, and whether its future wants to know.
pub(super) struct Stop {
    runtime: Id,
    asked: AtomicBool,
    signal: SetOnce<Stopped>,
}

/// Those that go on, and perhaps some that have ended.
static RUNS: Mutex<Vec<Weak<Stop>>> = Mutex::new(Vec::new());

impl Stop {
    pub(super) fn of_new(runtime: &Runtime) -> Arc<Self> {
        let id = runtime.handle().id();
        let stop = Arc::new(Self {
            runtime: id,
            asked: AtomicBool::new(false),
            signal: SetOnce::new(),
        });
        let mut runs = RUNS.lock().unwrap_or_else(PoisonError::into_inner);
        runs.retain(|run| run.strong_count() > 0);
        runs.push(Arc::downgrade(&stop));
        stop
    }

    /// That of the runtime of this thread.
    fn current() -> Option<Arc<Self>> {
        let id = Handle::try_current().ok()?.id();
        let runs = RUNS.lock().unwrap_or_else(PoisonError::into_inner);
        runs.iter()
            .filter_map(Weak::upgrade)
            .find(|stop| stop.runtime == id)
    }

    fn ask(&self) {
        self.asked.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_asked_for(&self) -> bool {
        self.asked.load(Ordering::SeqCst)
    }

    /// False if it was told to end before.
    pub(super) fn signal(&self, stopped: Stopped) -> bool {
        self.signal.set(stopped).is_ok()
    }

    pub(super) async fn signalled(&self) -> Stopped {
        *self.signal.wait().await
    }
}
