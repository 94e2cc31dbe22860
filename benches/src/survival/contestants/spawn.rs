//! By hand: a task for the close.

use crate::survival::way::{BoxFuture, Way};
use crate::survival::work::Work;

pub(super) struct Spawn;

pub(super) struct Guarded {
    /// `None` once the close owns it.
    work: Option<Work>,
}

impl Guarded {
    async fn close(mut self) {
        if let Some(work) = self.work.take() {
            // The usual end of such errors.
            let _ = work.run().await;
        }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        if let Some(work) = self.work.take() {
            tokio::spawn(async move {
                let _ = work.run().await;
            });
        }
    }
}

impl Way for Spawn {
    type Guarded = Guarded;

    fn guard(work: Work) -> Self::Guarded {
        Guarded { work: Some(work) }
    }

    fn close(guarded: Self::Guarded) -> Option<BoxFuture> {
        Some(Box::pin(guarded.close()))
    }
}
