//! The images that the manager knows.

use aobject::BoxError;

use crate::wire::image::Image;

/// Where images are kept, of a class that is chosen when the manager starts.
#[aobject::dynamic]
#[aobject::async_trait]
pub(super) trait Images: Sync {
    /// Adds all of them, or none, whenever it is dropped.
    ///
    /// An image that was known takes the new digest. None is ever deleted: what a damaged registry does not show
    /// may be there all the same.
    async fn upsert(&self, images: &[Image]) -> Result<(), BoxError>;

    /// All of them, in the order of registry, name, tag and architecture.
    async fn list(&self) -> Result<Vec<Image>, BoxError>;
}
