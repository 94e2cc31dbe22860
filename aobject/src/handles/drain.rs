use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use crate::ground::error::Error;
use crate::ground::runtimes::{self, Runtime, UNOWNED};
use crate::kernel::{drop_scope, reaper};

/// What [`drain`] found.
#[derive(Debug, Default)]
pub struct Drained {
    /// Background closes that have ended since the last drain.
    pub closed: usize,
    /// Background closes that are still going on: their time was over.
    pub pending: usize,
    /// What went wrong in those that ended, and in those that were lost, since the last drain; the first 64.
    pub errors: Vec<Error>,
}

/// Waits until the background closes of the current runtime have ended, and those that no runtime owns, but no
/// longer than `limit`.
///
/// A background close is that of an object that was dropped instead of closed, of a start that was dropped, and
/// of a close that was dropped before its end. Call it at the end of a program or a test.
///
/// On a runtime whose clock is paused, the limit on the runtime's own closes is in its time; closes that no
/// runtime owns are waited for in real time. Outside of a runtime, only these are waited for.
///
/// # Cancel safety
///
/// Cancel safe: the closes go on.
///
/// # Panics
///
/// When closes are pending on a runtime that was built without a timer.
///
/// # Examples
///
/// ```
/// # use aobject::AObject;
/// # use std::time::Duration;
/// #[derive(AObject)]
/// struct Session;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aobject::Error> {
/// drop(Session::new().await?);
/// let drained = aobject::drain(Duration::from_secs(5)).await;
/// assert_eq!((drained.closed, drained.pending), (1, 0));
/// # Ok(())
/// # }
/// ```
pub async fn drain(limit: Duration) -> Drained {
    // What the same poll dropped before is handed over when that poll ends.
    if drop_scope::is_open() {
        tokio::task::yield_now().await;
    }
    let start = Instant::now();
    let mut drained = Drained::default();
    if let Ok(runtime) = Handle::try_current() {
        let own = runtimes::of(&runtime);
        if !own.background().is_empty() {
            // Over or not, what is pending is counted below.
            let _ = tokio::time::timeout(limit, own.background().wait()).await;
        }
        drained.add(&own);
    }
    reaper::idle(start.checked_add(limit)).await;
    drained.add(&UNOWNED);
    drained
}

impl Drained {
    fn add(&mut self, runtime: &Runtime) {
        let (closed, errors) = runtime.take_ended();
        self.closed += closed;
        self.pending += runtime.background().len();
        self.errors.extend(errors);
    }
}
