//! Reading a layout. Nothing in it is believed before its digest was computed.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use tokio::fs::{self, File};
use tokio::io::AsyncReadExt;

use super::Damage;
use super::descriptor::{Configuration, Descriptor, INDEX, Index, MANIFEST, Manifest, Marker, REF_NAME};
use super::digest::Digest;

/// How large a document may be, in bytes. Layers may be of any size.
const DOCUMENT: u64 = 4 << 20;
/// How much is read at once.
const CHUNK: usize = 256 << 10;

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
        let marker: Marker = document(folder, Path::new("oci-layout")).await?;
        if marker.image_layout_version != Marker::VERSION {
            let version = marker.image_layout_version;
            return Err(Damage::new(format_args!("oci-layout: version {version:?} is not known")));
        }
        Ok(Self { folder: folder.to_owned(), index: document(folder, Path::new("index.json")).await? })
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
            if !seen.insert(descriptor.digest.clone()) {
                continue;
            }
            let read = match &*descriptor.media_type {
                INDEX => self.manifests(&descriptor).await.map(|more| waiting.extend(more)),
                MANIFEST => self.image(&descriptor).await.map(|image| found.images.push(image)),
                other => Err(Damage::new(format_args!("{other:?} is not a kind of image"))),
            };
            found.damage.extend(read.err());
        }
        found
    }

    async fn manifests(&self, descriptor: &Descriptor) -> Result<Vec<Descriptor>, Damage> {
        let (_, index): (_, Index) = self.document(descriptor).await?;
        Ok(index.manifests)
    }

    async fn image(&self, descriptor: &Descriptor) -> Result<Sound, Damage> {
        let (digest, manifest): (_, Manifest) = self.document(descriptor).await?;
        let (_, configuration): (_, Configuration) = self.document(&manifest.config).await?;
        let mut size = manifest.config.size;
        for layer in &manifest.layers {
            self.blob(layer, |_| ()).await?;
            size = size.saturating_add(layer.size);
        }
        Ok(Sound { digest, architecture: configuration.architecture, size })
    }

    async fn document<D: DeserializeOwned>(&self, descriptor: &Descriptor) -> Result<(Digest, D), Damage> {
        if descriptor.size > DOCUMENT {
            return Err(Damage::new(format_args!("{}: larger than {DOCUMENT} bytes", descriptor.digest)));
        }
        let mut content = Vec::new();
        let digest = self.blob(descriptor, |chunk| content.extend_from_slice(chunk)).await?;
        let document = serde_json::from_slice(&content);
        Ok((digest, document.map_err(|error| Damage::new(format_args!("{}: {error}", descriptor.digest)))?))
    }

    /// Reads a blob to its end, and compares it with its descriptor.
    async fn blob(&self, descriptor: &Descriptor, mut each: impl FnMut(&[u8])) -> Result<Digest, Damage> {
        let digest: Digest = descriptor.digest.parse()?;
        let damage = |what: &dyn std::fmt::Display| Damage::new(format_args!("{digest}: {what}"));
        let mut file =
            open(&self.folder.join(digest.path()), descriptor.size).await.map_err(|error| damage(&error))?;
        let (mut hasher, mut chunk) = (digest.hasher(), vec![0; CHUNK]);
        loop {
            let read = file.read(&mut chunk).await.map_err(|error| damage(&error))?;
            if read == 0 {
                break;
            }
            hasher.update(&chunk[..read]);
            each(&chunk[..read]);
        }
        let actual = hasher.finish();
        if actual != digest {
            return Err(damage(&format_args!("is {actual} in truth")));
        }
        Ok(digest)
    }
}

/// Reads a file that no digest vouches for.
async fn document<D: DeserializeOwned>(folder: &Path, name: &Path) -> Result<D, Damage> {
    let damage = |what: &dyn std::fmt::Display| Damage::new(format_args!("{}: {what}", name.display()));
    let path = folder.join(name);
    let size = fs::metadata(&path).await.map_err(|error| damage(&error))?.len();
    if size > DOCUMENT {
        return Err(damage(&format_args!("larger than {DOCUMENT} bytes")));
    }
    let mut content = Vec::new();
    let file = open(&path, size).await.map_err(|error| damage(&error))?;
    file.take(DOCUMENT).read_to_end(&mut content).await.map_err(|error| damage(&error))?;
    serde_json::from_slice(&content).map_err(|error| damage(&error))
}

/// Opens a file of a known size, which must be one: a pipe would wait for its other end.
async fn open(path: &Path, size: u64) -> Result<File, Box<dyn std::error::Error + Send + Sync>> {
    let metadata = fs::metadata(path).await?;
    if !metadata.is_file() {
        return Err("is not a file".into());
    }
    if metadata.len() != size {
        return Err(format!("has {} bytes and not {size}", metadata.len()).into());
    }
    Ok(File::open(path).await?)
}
