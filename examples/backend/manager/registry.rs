//! A registry.

use std::fmt::Display;
use std::path::PathBuf;

use aobject::{AObject, BoxError};
use tokio::fs;

use crate::oci::Damage;
use crate::oci::layout::Layout;

/// A registry. Its folder existed when the registry was opened.
#[derive(AObject)]
#[aobject(init = Self::find)]
pub(super) struct Registry {
    folder: PathBuf,
}

impl Registry {
    /// Reads the current contents.
    pub(super) async fn layout(&self) -> Result<Layout, Damage> {
        Layout::open(&self.folder).await
    }

    async fn find(&mut self) -> Result<(), BoxError> {
        let about = |what: &dyn Display| format!("{}: {what}", self.folder.display());
        let metadata = fs::metadata(&self.folder).await;
        if !metadata.map_err(|error| about(&error))?.is_dir() {
            return Err(about(&"is not a folder").into());
        }
        Ok(())
    }
}
