use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ::aobject::{AObject, Tasks};

use crate::core::{Database, Fault, Metrics, Queue, Shard, outbox};

/// The outbox and its worker, which announces the remaining orders when it closes.
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

/// A shard.
#[derive(AObject)]
#[aobject(args(folder: PathBuf, number: usize, fault: Option<Fault>))]
pub(super) struct OpenShard {
    #[aobject(init = Arc::new(Shard::open(&folder, number, fault).await?))]
    #[aobject(close = shard.close().await)]
    pub(super) shard: Arc<Shard>,
}
