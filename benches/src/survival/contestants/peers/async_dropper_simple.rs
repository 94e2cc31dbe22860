//! `async-dropper-simple`: a task that the dropping thread waits for. It has no way to fail.

use async_dropper_simple::{AsyncDrop, AsyncDropper};
use async_trait::async_trait;

use crate::survival::way::Way;
use crate::survival::work::Work;

pub(super) struct Simple;

#[derive(Default)]
pub(super) struct Guarded(Work);

#[async_trait]
impl AsyncDrop for Guarded {
    async fn async_drop(&mut self) {
        let _ = self.0.run().await;
    }
}

impl Way for Simple {
    type Guarded = AsyncDropper<Guarded>;

    fn guard(work: Work) -> Self::Guarded {
        AsyncDropper::new(Guarded(work))
    }
}
