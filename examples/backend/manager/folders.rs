//! The folders that contain images.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::{Path, PathBuf};

use aobject::BoxError;
use tokio::fs;

/// The folders of the registries, by name. Each folder is an image layout.
#[derive(Clone, Debug, Default)]
pub struct Folders(BTreeMap<String, PathBuf>);

impl Folders {
    /// Reads the folders from a file: a JSON object of names and folders, relative to the folder of the file.
    pub async fn read(file: &Path) -> Result<Self, BoxError> {
        let about = |error: &dyn Display| format!("{}: {error}", file.display());
        let text = fs::read(file).await.map_err(|error| about(&error))?;
        let folders: BTreeMap<String, PathBuf> =
            serde_json::from_slice(&text).map_err(|error| about(&error))?;
        let here = file.parent().unwrap_or(Path::new(""));
        Ok(Self(
            folders
                .into_iter()
                .map(|(name, folder)| (name, here.join(folder)))
                .collect(),
        ))
    }

    /// The folder of this registry.
    pub(super) fn get(&self, registry: &str) -> Option<&Path> {
        self.0.get(registry).map(PathBuf::as_path)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.0.keys()
    }
}

impl FromIterator<(String, PathBuf)> for Folders {
    fn from_iter<I: IntoIterator<Item = (String, PathBuf)>>(folders: I) -> Self {
        Self(folders.into_iter().collect())
    }
}

impl Extend<(String, PathBuf)> for Folders {
    fn extend<I: IntoIterator<Item = (String, PathBuf)>>(&mut self, folders: I) {
        self.0.extend(folders);
    }
}
