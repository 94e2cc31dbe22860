//! Which globals were made on which runtime, so that they are closed at its end.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::runtime::{Handle, Id};

use crate::ground::error::Error;
use crate::handles::closing::Closing;

/// Oldest first: made, not begun. What the init of one asked for was made before it, and is closed after it.
/// One that its user has closed stays: there is nothing to close then.
static MADE: Mutex<Vec<Made>> = Mutex::new(Vec::new());

struct Made {
    on: Id,
    global: &'static dyn Renew,
}

/// A global whose type does not matter.
pub(super) trait Renew: Sync {
    /// Closes what was made, if nobody else holds it; it can be made again after that.
    fn renew(&'static self) -> Closing;
}

/// It is made, on the runtime of this thread; one that is made on none is closed by nobody but its user.
pub(super) fn note(global: &'static dyn Renew) {
    if let Ok(runtime) = Handle::try_current() {
        lock().push(Made {
            on: runtime.id(),
            global,
        });
    }
}

/// Closes what was made on this runtime, one after the other, the newest first; it can be made again. Tells what went
/// wrong to `failed`.
///
/// One that others still hold is given up, which is an error. Dropped, it leaves what is not closed to the background.
pub(crate) async fn close_all(runtime: Id, mut failed: impl FnMut(&Error)) {
    let rest = Rest(runtime);
    // A close may ask for others, which are the newest then.
    while let Some(newest) = newest(runtime) {
        newest.renew().await.inspect_err(&mut failed).ok();
    }
    drop(rest);
}

struct Rest(Id);

impl Drop for Rest {
    fn drop(&mut self) {
        while let Some(newest) = newest(self.0) {
            drop(newest.renew());
        }
    }
}

fn newest(runtime: Id) -> Option<&'static dyn Renew> {
    let mut made = lock();
    let at = made.iter().rposition(|made| made.on == runtime)?;
    Some(made.remove(at).global)
}

/// Nothing of a user's runs under the lock.
fn lock() -> MutexGuard<'static, Vec<Made>> {
    MADE.lock().unwrap_or_else(PoisonError::into_inner)
}
