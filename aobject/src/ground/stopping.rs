//! Whether the program of a runtime is stopping, and why.

use std::error::Error as StdError;
use std::sync::Arc;

use tokio::sync::SetOnce;

use crate::ground::runtimes;

/// Why a program stops.
#[derive(Clone, Debug)]
pub(crate) enum Reason {
    /// The number of the signal.
    Signal(u8),
    /// The program stopped itself.
    Asked,
    Failed(Arc<dyn StdError + Send + Sync>),
}

/// The part of a runtime's state that holds the first reason to stop.
#[derive(Debug, Default)]
pub(crate) struct Stopping(SetOnce<Reason>);

impl Stopping {
    /// Returns false if there already was a reason.
    pub(crate) fn stop(&self, reason: Reason) -> bool {
        self.0.set(reason).is_ok()
    }

    /// Waits until there is a reason.
    pub(crate) async fn reason(&self) -> &Reason {
        self.0.wait().await
    }

    /// The reason, if there is one.
    pub(crate) fn get(&self) -> Option<&Reason> {
        self.0.get()
    }
}

/// Stops the program on the runtime of this thread or, outside a runtime, all programs.
pub(crate) fn stop(reason: &Reason) {
    let runtimes = runtimes::current().map_or_else(runtimes::all, |runtime| vec![runtime]);
    for runtime in runtimes {
        // Has no effect on a program that is already stopping.
        runtime.part::<Stopping>().stop(reason.clone());
    }
}
