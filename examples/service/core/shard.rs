use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::fs;
use tokio::time::sleep;

use super::{BoxError, Fault};

/// Counts some of the orders, in a file that is locked while it is open.
#[derive(Debug)]
pub struct Shard {
    file: PathBuf,
    lock: PathBuf,
    count: AtomicU64,
}

impl Shard {
    /// Reads what was counted before, and takes the lock: the last step, so that an open that is given up leaves none.
    pub async fn open(
        folder: &Path,
        number: usize,
        fault: Option<Fault>,
    ) -> Result<Self, BoxError> {
        fs::create_dir_all(folder).await?;
        let file = folder.join(format!("shard-{number}"));
        let lock = folder.join(format!("shard-{number}.lock"));
        // It is checked: neither at once, nor are all of them equally fast.
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

    /// One more.
    pub fn add(&self) {
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    /// Writes what was counted, and gives up the lock. One that is left says that the count is wrong: no destructor may
    /// remove it.
    pub async fn close(&self) -> Result<(), BoxError> {
        let count = self.count.load(Ordering::Relaxed).to_string();
        fs::write(&self.file, count).await?;
        fs::remove_file(&self.lock).await?;
        Ok(())
    }
}
