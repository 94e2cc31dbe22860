use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ::aobject::{AObject, Tasks};
use tokio::sync::Semaphore;

use super::alarm::Alarm;
use crate::core::{Database, Fault, Metrics, Queue, Shard, outbox};

/// The outbox and its worker, which announces what is left when it is closed.
#[derive(AObject)]
pub(super) struct Announcer {
    database: Database,
    metrics: Arc<Metrics>,
    fault: Option<Fault>,
    alarm: Alarm,
    drain: Duration,
    #[aobject(default = Tasks::new().limit(*drain))]
    tasks: Tasks,
    #[aobject(init = {
        let (queue, worker) = outbox(database.clone(), metrics.clone(), *fault);
        let alarm = alarm.clone();
        tasks.try_spawn("announce", async move |stop| {
            alarm.watch("outbox", stop.clone(), worker.run(stop)).await
        });
        queue
    })]
    pub(super) queue: Queue,
}

/// A shard. As many are opened at once as there are permits.
#[derive(AObject)]
pub(super) struct OpenShard {
    folder: PathBuf,
    number: usize,
    fault: Option<Fault>,
    permits: Arc<Semaphore>,
    #[aobject(init = {
        let _permit = permits.acquire().await?;
        Arc::new(Shard::open(folder, *number, *fault).await?)
    })]
    #[aobject(close = shard.close().await)]
    pub(super) shard: Arc<Shard>,
}
