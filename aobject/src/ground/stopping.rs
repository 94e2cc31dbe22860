//! Whether the program of a runtime has to stop, and why.

use tokio::sync::SetOnce;

use crate::ground::error::Error;
use crate::ground::runtimes;

/// Why a program stops.
#[derive(Clone, Debug)]
pub(crate) enum Reason {
    /// The number of the signal.
    Signal(i32),
    /// By the program itself.
    Asked,
    Failed(Error),
}

/// The part of a runtime that a program runs on.
#[derive(Debug, Default)]
pub(crate) struct Stopping(SetOnce<Reason>);

impl Stopping {
    /// False if the program had to stop before.
    pub(crate) fn stop(&self, reason: Reason) -> bool {
        self.0.set(reason).is_ok()
    }

    /// Waits until the program has to stop.
    pub(crate) async fn stopped(&self) -> &Reason {
        self.0.wait().await
    }

    pub(crate) fn reason(&self) -> Option<&Reason> {
        self.0.get()
    }
}

/// Stops the program that runs on the runtime of this thread, if there is one.
pub(crate) fn stop_current(reason: Reason) {
    if let Some(stopping) = runtimes::current().and_then(|runtime| runtime.find::<Stopping>()) {
        stopping.stop(reason);
    }
}
