//! `async-dropx`: a task, where there is a runtime. It has no way to fail.

use async_dropx::{AsyncDrop, AsyncDropx};

use crate::survival::way::{BoxFuture, Way};
use crate::survival::work::Work;

pub(super) struct Dropx;

pub(super) struct Guarded(Work);

impl AsyncDrop for Guarded {
    type Dropper = BoxFuture;

    fn async_drop(self) -> Self::Dropper {
        Box::pin(async move {
            let _ = self.0.run().await;
        })
    }
}

impl Way for Dropx {
    type Guarded = AsyncDropx<Guarded>;

    fn guard(work: Work) -> Self::Guarded {
        AsyncDropx::new(Guarded(work))
    }
}
