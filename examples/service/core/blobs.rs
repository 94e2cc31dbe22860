use std::collections::HashMap;
use std::future::pending;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::fs;
use tokio::time::sleep;

use super::{BlobConfig, BoxError, Fault};

/// Where receipts are stored. The configuration chooses one of two kinds.
#[derive(Debug)]
pub struct Blobs {
    kind: Kind,
    fault: Option<Fault>,
}

#[derive(Debug)]
enum Kind {
    Local(PathBuf),
    Memory(Mutex<HashMap<String, Vec<u8>>>),
}

impl Blobs {
    /// Opens the storage. Local storage takes the lock of its folder.
    pub async fn open(config: &BlobConfig, fault: Option<Fault>) -> Result<Self, BoxError> {
        if fault == Some(Fault::BlobsInitPanics) {
            // By now the other fields are open.
            sleep(Duration::from_millis(600)).await;
            panic!("the blob storage is inconsistent");
        }
        let kind = match config {
            BlobConfig::Memory => Kind::Memory(Mutex::default()),
            BlobConfig::Local(folder) => {
                fs::create_dir_all(folder).await?;
                fs::File::create_new(lock(folder))
                    .await
                    .map_err(|error| format!("{}: {error}", lock(folder).display()))?;
                Kind::Local(folder.clone())
            }
        };
        Ok(Self { kind, fault })
    }

    /// Writes the blob entirely or not at all.
    pub async fn put(&self, name: &str, bytes: Vec<u8>) -> io::Result<()> {
        match &self.kind {
            Kind::Local(folder) => {
                let half_made = folder.join(format!("{name}.tmp"));
                fs::write(&half_made, bytes).await?;
                fs::rename(half_made, folder.join(name)).await
            }
            Kind::Memory(map) => {
                let mut map = map.lock().unwrap_or_else(PoisonError::into_inner);
                map.insert(name.to_owned(), bytes);
                Ok(())
            }
        }
    }

    /// Returns `None` if it was never put there.
    pub async fn get(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        match &self.kind {
            Kind::Local(folder) => match fs::read(folder.join(name)).await {
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                other => other.map(Some),
            },
            Kind::Memory(map) => {
                let map = map.lock().unwrap_or_else(PoisonError::into_inner);
                Ok(map.get(name).cloned())
            }
        }
    }

    /// Writes a list of the contents and releases the lock. A folder without a list must be searched first, so no
    /// destructor may remove the lock.
    pub async fn close(&self) -> Result<(), BoxError> {
        match self.fault {
            Some(Fault::BlobsCloseHangs) => pending().await,
            Some(Fault::BlobsCloseFails) => return Err("the blob storage is out of space".into()),
            Some(Fault::BlobsClosePanics) => panic!("the blob storage is inconsistent"),
            _ => {}
        }
        if let Kind::Local(folder) = &self.kind {
            let mut names = Vec::new();
            let mut entries = fs::read_dir(folder).await?;
            while let Some(entry) = entries.next_entry().await? {
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
            fs::write(folder.join("blobs.list"), names.join("\n")).await?;
            fs::remove_file(lock(folder)).await?;
        }
        Ok(())
    }
}

fn lock(folder: &Path) -> PathBuf {
    folder.join("blobs.lock")
}
