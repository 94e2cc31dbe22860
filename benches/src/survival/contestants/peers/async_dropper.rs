//! `async-dropper`, its derive: a task that the dropping thread waits for, three seconds at most.

// The derive's code needs these names.
use async_dropper::{AsyncDrop, AsyncDropError};
use async_trait::async_trait;

use crate::survival::way::{BoxFuture, Way};
use crate::survival::work::{Trouble, Work};

pub(super) struct Derive;

#[derive(Debug, Default, PartialEq, Eq, AsyncDrop)]
pub(super) struct Guarded {
    work: Work,
}

#[async_trait]
impl AsyncDrop for Guarded {
    async fn async_drop(&mut self) -> Result<(), AsyncDropError> {
        self.work
            .run()
            .await
            .map_err(|error: Trouble| AsyncDropError::UnexpectedError(Box::new(error)))
    }
}

impl Way for Derive {
    type Guarded = Guarded;

    fn guard(work: Work) -> Self::Guarded {
        Guarded { work }
    }

    fn close(mut guarded: Self::Guarded) -> Option<BoxFuture> {
        Some(Box::pin(async move {
            let _ = guarded.async_drop().await;
            guarded.reset();
        }))
    }
}
