//! Drops an object under observation, and waits for its close.

use std::time::Duration;

use crate::survival::events::{finished_so_many, let_go};
use crate::survival::flavour::Flavour;
use crate::survival::way::Way;
use crate::survival::work::Work;

/// Longer than a process lives: a process that waits so long hangs.
pub(super) const LONG: Duration = Duration::from_secs(60);

/// How long to wait for a close. A close that never ends has to be reported while the process lives.
pub(super) fn limit(work: Work) -> Duration {
    if work == Work::Never {
        Duration::from_millis(100)
    } else {
        LONG
    }
}

/// Waits for the close of what was let go of: by the contestant's own means, else by looking.
pub(super) async fn settle<W: Way>(limit: Duration) {
    match W::drain(limit) {
        Some(drain) => drain.await,
        None => finished_so_many(1, limit.min(Duration::from_secs(1))).await,
    }
}

/// The same where the program's runtime is gone, or there was none.
pub(super) fn settle_elsewhere<W: Way>() {
    Flavour::CurrentThread.runtime().block_on(settle::<W>(LONG));
}

/// A value that tells how its drop went.
pub(super) struct Watched<W: Way>(Option<W::Guarded>);

impl<W: Way> Watched<W> {
    pub(super) fn new(work: Work) -> Self {
        Self(Some(W::guard(work)))
    }
}

impl<W: Way> Drop for Watched<W> {
    fn drop(&mut self) {
        let_go(self.0.take());
    }
}
