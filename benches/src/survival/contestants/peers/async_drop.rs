//! `async-drop`: a thread with a runtime of its own for each, which the dropping thread waits for.

use async_drop::{AsyncDrop, AsyncDropFuture, Dropper};

use crate::survival::way::Way;
use crate::survival::work::Work;

pub(super) struct Dropped;

pub(super) struct Guarded(Work);

impl AsyncDrop for Guarded {
    fn async_drop(&mut self) -> AsyncDropFuture<'_> {
        Box::pin(async { self.0.run().await.map_err(|error| error.to_string()) })
    }
}

impl Way for Dropped {
    type Guarded = Dropper<Guarded>;

    fn guard(work: Work) -> Self::Guarded {
        Dropper::new(Guarded(work))
    }
}
