use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use crate::ground::error::Error;
use crate::ground::runtimes::{self, Runtime, UNOWNED};
use crate::kernel::{drop_scope, reaper};

/// The result of [`drain`].
///
/// # Examples
///
/// See [`drain`].
#[derive(Debug, Default)]
pub struct Drained {
    /// The number of background closes that have ended since the last drain.
    pub closed: usize,
    /// The number of background closes that had not ended within the limit. They continue.
    pub pending: usize,
    /// The errors of the closes that ended or were lost since the last drain, at most 64.
    pub errors: Vec<Error>,
}

/// Waits, for at most `limit`, until the background closes of the current runtime have ended, and those that
/// belong to no runtime.
///
/// A background close results from dropping an object instead of closing it, from dropping a start, or from
/// dropping a close before its end. Call `drain` at the end of a program or a test. [`run`](crate::run()) and
/// [`#[aobject::test]`](macro@crate::test) do so themselves.
///
/// Closes of the current runtime are limited in the time of that runtime, which may be paused. Closes that belong
/// to no runtime are limited in real time. Outside a runtime, only the latter are waited for.
///
/// # Cancel safety
///
/// Cancel safe. The closes continue.
///
/// # Panics
///
/// Panics if closes are pending on a runtime that was built without a timer.
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
    // Objects that the same poll dropped are handed over when that poll ends.
    if drop_scope::is_open() {
        tokio::task::yield_now().await;
    }
    let start = Instant::now();
    let mut drained = Drained::default();
    if let Ok(runtime) = Handle::try_current() {
        let own = runtimes::of(&runtime);
        if !own.background().is_empty() {
            // On a timeout, the pending closes are counted below.
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
