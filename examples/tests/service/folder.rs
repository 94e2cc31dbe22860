//! Folders for tests.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use service::core::{BlobConfig, Config, Limits, ShardConfig};

/// An empty folder that is removed when dropped.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// `test` is the name of the test, so that no two tests share a folder.
    pub(crate) fn new(test: &str) -> Self {
        let name = format!("service-{test}-{}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).expect("a folder for the test");
        Self(path)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Configures a service that has everything it needs in this folder.
    pub(crate) fn config(&self) -> Config {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        Config {
            listen: any,
            admin: any,
            database: format!("sqlite://{}?mode=rwc", self.file("orders.db").display()),
            cache: None,
            blobs: BlobConfig::Local(self.file("blobs")),
            shards: ShardConfig {
                folder: self.file("shards"),
                number: 8,
            },
            limits: Limits::default(),
            fault: None,
        }
    }

    /// The names of all files that only a running service may have.
    pub(crate) fn left(&self) -> Vec<String> {
        let folders = [&self.0, &self.file("blobs"), &self.file("shards")];
        let entries = folders
            .iter()
            .filter_map(|folder| std::fs::read_dir(folder).ok());
        let names = entries
            .flatten()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
        names
            .filter(|name| {
                ["lock", "db-wal", "tmp"]
                    .iter()
                    .any(|end| name.ends_with(end))
            })
            .collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // The folder of a failed test is kept for inspection.
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}
