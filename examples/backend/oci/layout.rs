//! Reading a layout. Nothing in it is believed before its digest was computed.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::oci::descriptor::{
    Configuration, Descriptor, INDEX, Index, MANIFEST, Manifest, Marker, REF_NAME,
};
use crate::oci::digest::Digest;
use crate::oci::{Damage, blob};

/// A layout whose index was read.
pub struct Layout {
    folder: PathBuf,
    index: Index,
}

/// An image that is whole: all its blobs are there, and are what their digests say.
#[derive(Debug)]
pub struct Sound {
    /// Of its manifest.
    pub digest: Digest,
    /// What it runs on.
    pub architecture: String,
    /// Its layers and its configuration together.
    pub size: u64,
}

/// What an entry of the index comes to: an index below it may have several images.
#[derive(Debug, Default)]
pub struct Found {
    /// What is whole.
    pub images: Vec<Sound>,
    /// What is not.
    pub damage: Vec<Damage>,
}

impl Layout {
    /// Reads the index.
    pub async fn open(folder: &Path) -> Result<Self, Damage> {
        let marker: Marker = blob::named(folder, "oci-layout").await?;
        if marker.image_layout_version != Marker::VERSION {
            let version = marker.image_layout_version;
            return Err(Damage::new(format_args!(
                "oci-layout: version {version:?} is not known"
            )));
        }
        Ok(Self {
            folder: folder.to_owned(),
            index: blob::named(folder, "index.json").await?,
        })
    }

    /// The entries of the index, with the names that it gives them.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (Option<&str>, &Descriptor)> {
        let entries = self.index.manifests.iter();
        entries.map(|entry| (entry.annotations.get(REF_NAME).map(String::as_str), entry))
    }

    /// Reads everything that an entry leads to. Cancel safe: it only reads.
    pub async fn read(&self, entry: &Descriptor) -> Found {
        let mut found = Found::default();
        let mut seen = HashSet::new();
        let mut waiting = vec![entry.clone()];
        while let Some(descriptor) = waiting.pop() {
            // What is listed twice is read once, so that small indexes cannot make endless work.
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
                    "{other:?} is not a kind of image"
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

    /// `None` if it is no image.
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
