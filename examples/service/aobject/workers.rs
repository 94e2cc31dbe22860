use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ::aobject::{AObject, Tasks};
use tokio::sync::Semaphore;

use crate::core::{Database, Fault, Metrics, Queue, Shard, outbox};

/// The outbox and its worker, which announces what is left when it is closed.
#[derive(AObject)]
#[aobject(args(database: Database, metrics: Arc<Metrics>, fault: Option<Fault>, drain: Duration))]
pub(super) struct Announcer {
    #[aobject(default = Tasks::new().essential().limit(drain))]
    tasks: Tasks,
    #[aobject(init = {
        let (queue, worker) = outbox(database, metrics, fault);
        tasks.try_spawn("outbox", async move |stop| worker.run(stop).await);
        queue
    })]
    pub(super) queue: Queue,
}

/// A shard. As many are opened at once as there are permits.
#[derive(AObject)]
#[aobject(args(folder: PathBuf, number: usize, fault: Option<Fault>, permits: Arc<Semaphore>))]
pub(super) struct OpenShard {
    #[aobject(init = {
        let _permit = permits.acquire().await?;
        Arc::new(Shard::open(&folder, number, fault).await?)
    })]
    #[aobject(close = shard.close().await)]
    pub(super) shard: Arc<Shard>,
}
