//! Where images are looked for.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::{Path, PathBuf};

use aobject::BoxError;
use tokio::fs;

/// Registries by name: each a folder that is an image layout.
#[derive(Clone, Debug, Default)]
pub struct Registries(BTreeMap<String, PathBuf>);

impl Registries {
    /// Reads them from a file: a JSON object of names and folders, which are seen from where the file is.
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

    /// The same, if all folders are there.
    pub(super) async fn found(self) -> Result<Self, BoxError> {
        for (name, folder) in &self.0 {
            let about =
                |what: &dyn Display| format!("registry `{name}`: {}: {what}", folder.display());
            let metadata = fs::metadata(folder).await.map_err(|error| about(&error))?;
            if !metadata.is_dir() {
                return Err(about(&"is not a folder").into());
            }
        }
        Ok(self)
    }

    /// One of them, or all.
    pub(super) fn select(&self, name: Option<&str>) -> Option<Self> {
        let Some(name) = name else {
            return Some(self.clone());
        };
        self.0
            .get_key_value(name)
            .map(|(name, folder)| Self::from_iter([(name.clone(), folder.clone())]))
    }
}

impl FromIterator<(String, PathBuf)> for Registries {
    fn from_iter<I: IntoIterator<Item = (String, PathBuf)>>(folders: I) -> Self {
        Self(folders.into_iter().collect())
    }
}

impl Extend<(String, PathBuf)> for Registries {
    fn extend<I: IntoIterator<Item = (String, PathBuf)>>(&mut self, folders: I) {
        self.0.extend(folders);
    }
}

impl IntoIterator for Registries {
    type Item = (String, PathBuf);
    type IntoIter = std::collections::btree_map::IntoIter<String, PathBuf>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
