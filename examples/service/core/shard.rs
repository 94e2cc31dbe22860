use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::fs;
use tokio::time::sleep;

use super::{BoxError, Fault};

/// Counts some of the orders, in a file that is locked while the shard is open.
#[derive(Debug)]
pub struct Shard {
    file: PathBuf,
    lock: PathBuf,
    count: AtomicU64,
}

impl Shard {
    /// Reads the earlier count and takes the lock. The lock comes last, so that a cancelled open leaves none
    /// behind.
    pub async fn open(
        folder: &Path,
        number: usize,
        fault: Option<Fault>,
    ) -> Result<Self, BoxError> {
        fs::create_dir_all(folder).await?;
        let file = folder.join(format!("shard-{number}"));
        let lock = folder.join(format!("shard-{number}.lock"));
        // The check takes time, and not all shards are equally fast.
        let check = match (fault, number) {
            (Some(Fault::ShardInitFails), 5) => 600,
            (Some(Fault::ShardInitFails), 4..) => 3_000,
            _ => 10 + 5 * (number as u64 % 4),
        };
        sleep(Duration::from_millis(check)).await;
        if fault == Some(Fault::ShardInitFails) && number == 5 {
            return Err("shard 5 is corrupt".into());
        }
        let count = fs::read_to_string(&file).await.unwrap_or_default();
        fs::File::create_new(&lock)
            .await
            .map_err(|error| format!("{}: {error}", lock.display()))?;
        Ok(Self {
            file,
            lock,
            count: AtomicU64::new(count.trim().parse().unwrap_or(0)),
        })
    }

    /// Counts one more order.
    pub fn add(&self) {
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    /// Writes the count and releases the lock. A lock left behind marks the count as wrong, so no destructor may
    /// remove it.
    pub async fn close(&self) -> Result<(), BoxError> {
        let count = self.count.load(Ordering::Relaxed).to_string();
        fs::write(&self.file, count).await?;
        fs::remove_file(&self.lock).await?;
        Ok(())
    }
}
