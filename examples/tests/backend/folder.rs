//! Folders of their own for tests.

use std::path::{Path, PathBuf};

/// An empty folder that is gone when it is dropped.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// `test` is the name of the test, so that no two share one.
    pub(crate) fn new(test: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder for the test");
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).expect("the folder of the test");
        entries
            .map(|entry| entry.expect("a readable entry").file_name().to_string_lossy().into_owned())
            .collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that stays does no harm: it is in the target directory.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
