use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

use super::{BoxError, Database, Fault, Metrics, log};

/// The sender for orders to be announced.
#[derive(Clone)]
pub struct Queue(mpsc::UnboundedSender<i64>);

/// The worker that announces orders, in batches.
pub struct Outbox {
    database: Database,
    metrics: Arc<Metrics>,
    fault: Option<Fault>,
    orders: mpsc::UnboundedReceiver<i64>,
    batch: Vec<i64>,
}

/// Makes both ends.
pub fn outbox(database: Database, metrics: Arc<Metrics>, fault: Option<Fault>) -> (Queue, Outbox) {
    let (sender, orders) = mpsc::unbounded_channel();
    let outbox = Outbox {
        database,
        metrics,
        fault,
        orders,
        batch: Vec::new(),
    };
    (Queue(sender), outbox)
}

impl Queue {
    /// After the outbox has ended, an order stays in the database for the next start.
    pub fn put(&self, order: i64) {
        let _ = self.0.send(order);
    }
}

impl Outbox {
    /// Announces orders until it is cancelled, then the remaining ones. Orders that an earlier run left behind go
    /// first.
    pub async fn run(mut self, stop: CancellationToken) -> Result<(), BoxError> {
        self.batch = self.database.unannounced().await?;
        let mut ticks = interval(Duration::from_millis(100));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            while let Ok(order) = self.orders.try_recv() {
                self.batch.push(order);
            }
            if !self.batch.is_empty() && self.breaks() {
                return Ok(());
            }
            if let Err(error) = self.announce().await {
                log(format_args!("announcing orders: {error}"));
            }
        }
        self.flush().await
    }

    /// Whether an injected fault ends the worker here.
    fn breaks(&self) -> bool {
        match self.fault {
            Some(Fault::OutboxPanics) => panic!("the outbox lost its place"),
            Some(Fault::OutboxBlocks) => std::thread::sleep(Duration::from_mins(10)),
            _ => {}
        }
        self.fault == Some(Fault::OutboxReturns)
    }

    /// Announces everything that is left, however long that takes.
    async fn flush(&mut self) -> Result<(), BoxError> {
        self.orders.close();
        while let Some(order) = self.orders.recv().await {
            self.batch.push(order);
        }
        while let Err(error) = self.announce().await {
            log(format_args!(
                "announcing the last {} orders: {error}",
                self.batch.len()
            ));
            sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    async fn announce(&mut self) -> Result<(), BoxError> {
        if !self.batch.is_empty() {
            self.database.announced(&self.batch).await?;
            let count = self.batch.len() as u64;
            self.metrics.announced.fetch_add(count, Ordering::Relaxed);
            self.batch.clear();
        }
        Ok(())
    }
}
