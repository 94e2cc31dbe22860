//! `tokio-async-drop`: a macro for the body of `Drop`, which blocks in place. It has no way to fail.

use tokio_async_drop::tokio_async_drop;

use crate::survival::way::Way;
use crate::survival::work::Work;

pub(super) struct Macro;

pub(super) struct Guarded(Work);

impl Drop for Guarded {
    fn drop(&mut self) {
        tokio_async_drop!({
            let _ = self.0.run().await;
        });
    }
}

impl Way for Macro {
    type Guarded = Guarded;

    fn guard(work: Work) -> Self::Guarded {
        Guarded(work)
    }
}
