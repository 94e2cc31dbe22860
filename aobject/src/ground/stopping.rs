//! Whether the program of a runtime has to stop, and why.

use std::error::Error as StdError;
use std::sync::Arc;

use tokio::sync::SetOnce;

use crate::ground::runtimes;

/// Why a program stops.
#[derive(Clone, Debug)]
pub(crate) enum Reason {
    /// The number of the signal.
    Signal(u8),
    /// By the program itself.
    Asked,
    Failed(Arc<dyn StdError + Send + Sync>),
}

/// The part of a runtime that holds the first reason.
#[derive(Debug, Default)]
pub(crate) struct Stopping(SetOnce<Reason>);

impl Stopping {
    /// False if there was a reason before.
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

/// Stops what runs on the runtime of this thread; outside a runtime, what runs on any.
pub(crate) fn stop(reason: &Reason) {
    let runtimes = runtimes::current().map_or_else(runtimes::all, |runtime| vec![runtime]);
    for runtime in runtimes {
        // Without effect on one that stops already.
        runtime.part::<Stopping>().stop(reason.clone());
    }
}
