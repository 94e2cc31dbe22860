use std::fmt::Display;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{BoxError, Fault};

/// The configuration file of the service, read at the start and on each reload.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The address for orders. Port 0 picks a free port.
    pub listen: SocketAddr,
    /// The address of the admin server.
    pub admin: SocketAddr,
    /// `sqlite://FILE`, or `postgres://…` with the feature `postgres`.
    pub database: String,
    /// `redis://…`. Without it, the cache is a map in the process.
    pub cache: Option<String>,
    /// Where receipts are stored.
    pub blobs: BlobConfig,
    /// The counters of orders.
    pub shards: ShardConfig,
    /// The limits.
    #[serde(default)]
    pub limits: Limits,
    /// A fault to inject.
    #[serde(default)]
    pub fault: Option<Fault>,
}

/// The kind of blob storage.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum BlobConfig {
    /// Files in this folder, which is locked.
    Local(PathBuf),
    /// In memory. Nothing outlives the process.
    Memory,
}

/// The shards. Each is a locked file in a folder.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ShardConfig {
    /// The folder of their files.
    pub folder: PathBuf,
    /// How many there are.
    pub number: usize,
}

/// In milliseconds.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// For the database to become available.
    pub patience: u64,
    /// For open requests when the service stops.
    pub drain: u64,
    /// For the close of a part that depends on other services. Used by aobject.
    pub close: u64,
    /// For a whole stop.
    pub stop: u64,
    /// For load balancers to notice a stop before it begins. Used by aobject.
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
    /// For the database to become available.
    pub fn patience(self) -> Duration {
        Duration::from_millis(self.patience)
    }

    /// For open requests when the service stops.
    pub fn drain(self) -> Duration {
        Duration::from_millis(self.drain)
    }

    /// For the close of a part that depends on other services.
    pub fn close(self) -> Duration {
        Duration::from_millis(self.close)
    }

    /// For load balancers to notice a stop before it begins.
    pub fn notice(self) -> Duration {
        Duration::from_millis(self.notice)
    }

    /// For a whole stop.
    pub fn stop(self) -> Duration {
        Duration::from_millis(self.stop)
    }
}

impl Config {
    /// Reads a JSON file.
    pub async fn read(file: &Path) -> Result<Self, BoxError> {
        Self::parse(file, tokio::fs::read(file).await)
    }

    /// The same, before a runtime exists.
    pub fn read_first(file: &Path) -> Result<Self, BoxError> {
        Self::parse(file, std::fs::read(file))
    }

    fn parse(file: &Path, text: io::Result<Vec<u8>>) -> Result<Self, BoxError> {
        let about = |error: &dyn Display| format!("{}: {error}", file.display());
        let text = text.map_err(|error| about(&error))?;
        Ok(serde_json::from_slice(&text).map_err(|error| about(&error))?)
    }
}
