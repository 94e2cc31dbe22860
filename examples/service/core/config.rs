use std::fmt::Display;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{BoxError, Fault};

/// The service's file, read at the start and at each reload.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where orders are taken; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where the service is looked after.
    pub admin: SocketAddr,
    /// `sqlite://FILE`, or `postgres://…` with the feature `postgres`.
    pub database: String,
    /// `redis://…`; without it the cache is a map in the process.
    pub cache: Option<String>,
    /// Where receipts are kept.
    pub blobs: BlobConfig,
    /// Counters of orders.
    pub shards: ShardConfig,
    /// How long things may take.
    #[serde(default)]
    pub limits: Limits,
    /// A fault that is asked for.
    #[serde(default)]
    pub fault: Option<Fault>,
}

/// The kind of the blob storage.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum BlobConfig {
    /// Files in this folder, which is locked.
    Local(PathBuf),
    /// Nothing outlives the process.
    Memory,
}

/// The shards: each is a file in a folder, and locked.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ShardConfig {
    /// Where their files are.
    pub folder: PathBuf,
    /// How many.
    pub number: usize,
}

/// In milliseconds.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// For the database to be there.
    pub patience: u64,
    /// For requests that are open when the service stops.
    pub drain: u64,
    /// For the close of a part that asks others; with aobject.
    pub close: u64,
    /// For the whole of a stop.
    pub stop: u64,
    /// For load balancers to notice a stop, before it begins; with aobject.
    pub notice: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            patience: 30_000,
            drain: 5_000,
            close: 2_000,
            stop: 20_000,
            notice: 0,
        }
    }
}

impl Limits {
    /// For the database to be there.
    pub fn patience(self) -> Duration {
        Duration::from_millis(self.patience)
    }

    /// For requests that are open when the service stops.
    pub fn drain(self) -> Duration {
        Duration::from_millis(self.drain)
    }

    /// For the close of a part that asks others.
    pub fn close(self) -> Duration {
        Duration::from_millis(self.close)
    }

    /// For load balancers to notice a stop, before it begins.
    pub fn notice(self) -> Duration {
        Duration::from_millis(self.notice)
    }

    /// For the whole of a stop.
    pub fn stop(self) -> Duration {
        Duration::from_millis(self.stop)
    }
}

impl Config {
    /// From a JSON file.
    pub async fn read(file: &Path) -> Result<Self, BoxError> {
        Self::parse(file, tokio::fs::read(file).await)
    }

    /// The same, before there is a runtime.
    pub fn read_first(file: &Path) -> Result<Self, BoxError> {
        Self::parse(file, std::fs::read(file))
    }

    fn parse(file: &Path, text: io::Result<Vec<u8>>) -> Result<Self, BoxError> {
        let about = |error: &dyn Display| format!("{}: {error}", file.display());
        let text = text.map_err(|error| about(&error))?;
        Ok(serde_json::from_slice(&text).map_err(|error| about(&error))?)
    }
}
