//! By hand: the thread waits for the close.

use futures_executor::block_on;

use crate::survival::way::{BoxFuture, Way};
use crate::survival::work::Work;

pub(super) struct BlockOn;

pub(super) struct Guarded {
    /// `None` once the close owns it.
    work: Option<Work>,
}

impl Guarded {
    async fn close(mut self) {
        if let Some(work) = self.work.take() {
            let _ = work.run().await;
        }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        if let Some(work) = self.work.take() {
            let _ = block_on(work.run());
        }
    }
}

impl Way for BlockOn {
    type Guarded = Guarded;

    fn guard(work: Work) -> Self::Guarded {
        Guarded { work: Some(work) }
    }

    fn close(guarded: Self::Guarded) -> Option<BoxFuture> {
        Some(Box::pin(guarded.close()))
    }
}
