//! The images of the manager.

use aobject::BoxError;

use crate::wire::image::Image;

/// A store of images. The implementation is chosen when the manager starts.
#[aobject::dynamic]
#[aobject::async_trait]
pub(super) trait Images: Sync {
    /// Adds all images or none, even if the future is dropped.
    ///
    /// A known image gets the new digest. No image is ever deleted, because an image that a damaged registry does not
    /// list may still exist.
    async fn upsert(&self, images: &[Image]) -> Result<(), BoxError>;

    /// All images, ordered by registry, name, tag and architecture.
    async fn list(&self) -> Result<Vec<Image>, BoxError>;
}
