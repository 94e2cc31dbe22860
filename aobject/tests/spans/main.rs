//! Inits and closes as spans of `tracing`: logged by a formatter, and exported.
#![expect(clippy::unwrap_used, reason = "tests may fail loudly")]

use std::time::Duration;

use aobject::events::{self, Observing};
use aobject::{AObject, BoxError, Live};
use tokio::time::sleep;

#[expect(
    clippy::needless_raw_string_hashes,
    reason = "`expect-test` writes them"
)]
mod exported;
mod logged;
mod unwanted;

/// Spans are enabled for the whole process, and tests run concurrently, so each test holds this lock.
static SPANS: std::sync::Mutex<()> = std::sync::Mutex::new(());

/// Runs a story on a paused clock, with spans and this subscriber.
fn run_with<S>(subscriber: S, story: impl Future<Output = ()>)
where
    S: tracing::Subscriber + Send + Sync + 'static,
{
    let _alone = SPANS
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let _observing: Observing = events::spans();
    tracing::subscriber::with_default(subscriber, || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().start_paused(true).build().unwrap();
        runtime.block_on(story);
    });
}

async fn millis(millis: u64) {
    sleep(Duration::from_millis(millis)).await;
}

/// A disk that takes 99 ms to start is full.
#[derive(AObject)]
#[aobject(args(start: u64))]
struct Disk {
    #[aobject(
        init = spin(start).await?,
        close = { let () = platter; millis(1).await; tracing::info!("parked"); }
    )]
    platter: (),
}

async fn spin(start: u64) -> Result<(), BoxError> {
    millis(start).await;
    tracing::info!("spun up");
    if start == 99 {
        return Err("disk is full".into());
    }
    Ok(())
}

#[derive(AObject)]
struct Store {
    #[aobject(init = Disk::new(2).await?)]
    disk: Live<Disk>,
    #[aobject(init = { millis(1).await; tracing::info!("read"); }, after(disk))]
    schema: (),
}
