use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::{Database, Metrics, log};

/// The periodic job: counts the orders in the database until it is cancelled. It finishes a count that has begun,
/// so that no connection is cut off.
pub async fn count_orders(database: &Database, metrics: &Metrics, stop: CancellationToken) {
    let mut ticks = interval(Duration::from_millis(200));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        match database.count().await {
            Ok(count) => metrics.stored.store(count, Ordering::Relaxed),
            Err(error) => log(format_args!("counting orders: {error}")),
        }
    }
}
