//! Reading a layout. Content is used only after its digest has been verified.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::oci::descriptor::{
    Configuration, Descriptor, INDEX, Index, MANIFEST, Manifest, Marker, REF_NAME,
};
use crate::oci::digest::Digest;
use crate::oci::{Damage, blob};

/// A layout whose index has been read.
pub struct Layout {
    folder: PathBuf,
    index: Index,
}

/// An intact image: all its blobs exist and match their digests.
#[derive(Debug)]
pub struct Sound {
    /// The digest of its manifest.
    pub digest: Digest,
    /// The platform that it runs on.
    pub architecture: String,
    /// The size of its layers and its configuration.
    pub size: u64,
}

/// The images of one entry of the index. If the entry is another index, there may be several.
#[derive(Debug, Default)]
pub struct Found {
    /// The intact images.
    pub images: Vec<Sound>,
    /// The damaged ones.
    pub damage: Vec<Damage>,
}

impl Layout {
    /// Reads the index.
    pub async fn open(folder: &Path) -> Result<Self, Damage> {
        let marker: Marker = blob::named(folder, "oci-layout").await?;
        if marker.image_layout_version != Marker::VERSION {
            let version = marker.image_layout_version;
            return Err(Damage::new(format_args!(
                "oci-layout: version {version:?} is unknown"
            )));
        }
        Ok(Self {
            folder: folder.to_owned(),
            index: blob::named(folder, "index.json").await?,
        })
    }

    /// The entries of the index, each with its name.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (Option<&str>, &Descriptor)> {
        let entries = self.index.manifests.iter();
        entries.map(|entry| (entry.annotations.get(REF_NAME).map(String::as_str), entry))
    }

    /// Reads everything below an entry. Cancel safe, because it only reads.
    pub async fn read(&self, entry: &Descriptor) -> Found {
        let mut found = Found::default();
        let mut seen = HashSet::new();
        let mut waiting = vec![entry.clone()];
        while let Some(descriptor) = waiting.pop() {
            // A blob that is listed twice is read once, so a small index cannot cause endless work.
            if descriptor.is_attestation() || !seen.insert(descriptor.digest.clone()) {
                continue;
            }
            let read = match &*descriptor.media_type {
                INDEX => self
                    .manifests(&descriptor)
                    .await
                    .map(|more| waiting.extend(more)),
                MANIFEST => self
                    .image(&descriptor)
                    .await
                    .map(|image| found.images.extend(image)),
                other => Err(Damage::new(format_args!(
                    "{other:?} is not a media type of an image"
                ))),
            };
            found.damage.extend(read.err());
        }
        found
    }

    async fn manifests(&self, descriptor: &Descriptor) -> Result<Vec<Descriptor>, Damage> {
        let (_, index): (_, Index) = blob::document(&self.folder, descriptor).await?;
        Ok(index.manifests)
    }

    /// `None` if the manifest is not an image.
    async fn image(&self, descriptor: &Descriptor) -> Result<Option<Sound>, Damage> {
        let (digest, manifest): (_, Manifest) = blob::document(&self.folder, descriptor).await?;
        let (_, configuration): (_, Configuration) =
            blob::document(&self.folder, &manifest.config).await?;
        if configuration.is_of_no_machine() {
            return Ok(None);
        }
        let mut size = manifest.config.size;
        for layer in &manifest.layers {
            blob::read(&self.folder, layer, |_| ()).await?;
            size = size.saturating_add(layer.size);
        }
        Ok(Some(Sound {
            digest,
            architecture: configuration.machine()?,
            size,
        }))
    }
}
