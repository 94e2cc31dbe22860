//! Images that are lost when the manager ends.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use aobject::{AObject, BoxError};

use crate::manager::images::Images;
use crate::wire::image::Image;

/// A map in the process.
#[derive(AObject)]
pub(super) struct Memory {
    /// By registry, name, tag and architecture.
    #[aobject(default)]
    images: Mutex<BTreeMap<[String; 4], Image>>,
}

impl Memory {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<[String; 4], Image>> {
        self.images.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[aobject::async_trait]
impl Images for Memory {
    async fn upsert(&self, images: &[Image]) -> Result<(), BoxError> {
        let images = images.iter().cloned().map(|image| {
            let Image {
                registry,
                name,
                tag,
                architecture,
                ..
            } = image.clone();
            ([registry, name, tag, architecture], image)
        });
        self.lock().extend(images);
        Ok(())
    }

    async fn list(&self) -> Result<Vec<Image>, BoxError> {
        Ok(self.lock().values().cloned().collect())
    }
}
