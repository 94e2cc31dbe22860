//! Reading the files of a layout.

use std::fmt::Display;
use std::path::Path;

use serde::de::DeserializeOwned;
use tokio::fs::{self, File};
use tokio::io::{AsyncReadExt, Take};

use crate::oci::Damage;
use crate::oci::descriptor::Descriptor;
use crate::oci::digest::Digest;

/// The maximal size of a document, in bytes. Layers may have any size.
const DOCUMENT: u64 = 4 << 20;
/// How many bytes are read at a time.
const CHUNK: usize = 256 << 10;

/// Reads a whole blob, and compares it with its descriptor.
pub(super) async fn read(
    folder: &Path,
    descriptor: &Descriptor,
    mut each: impl FnMut(&[u8]),
) -> Result<(), Damage> {
    let digest: Digest = descriptor.digest.parse()?;
    let damage = |what: &dyn Display| Damage::new(format_args!("{digest}: {what}"));
    let mut file = open(&folder.join(digest.path()), Some(descriptor.size))
        .await
        .map_err(|error| damage(&error))?;
    let (mut hasher, mut chunk) = (digest.hasher(), vec![0; CHUNK]);
    loop {
        let read = file
            .read(&mut chunk)
            .await
            .map_err(|error| damage(&error))?;
        if read == 0 {
            break;
        }
        hasher.update(&chunk[..read]);
        each(&chunk[..read]);
    }
    let actual = hasher.finish();
    if actual == digest {
        Ok(())
    } else {
        Err(damage(&format_args!("the content has the digest {actual}")))
    }
}

/// Reads a blob that is a document.
pub(super) async fn document<D: DeserializeOwned>(
    folder: &Path,
    descriptor: &Descriptor,
) -> Result<(Digest, D), Damage> {
    let digest: Digest = descriptor.digest.parse()?;
    let damage = |what: &dyn Display| Damage::new(format_args!("{digest}: {what}"));
    if descriptor.size > DOCUMENT {
        return Err(damage(&format_args!("larger than {DOCUMENT} bytes")));
    }
    let mut content = Vec::new();
    read(folder, descriptor, |chunk| content.extend_from_slice(chunk)).await?;
    let document = serde_json::from_slice(&content).map_err(|error| damage(&error))?;
    Ok((digest, document))
}

/// Reads a document that has no digest.
pub(super) async fn named<D: DeserializeOwned>(folder: &Path, name: &str) -> Result<D, Damage> {
    let damage = |what: &dyn Display| Damage::new(format_args!("{name}: {what}"));
    let mut file = open(&folder.join(name), None)
        .await
        .map_err(|error| damage(&error))?;
    if file.limit() > DOCUMENT {
        return Err(damage(&format_args!("larger than {DOCUMENT} bytes")));
    }
    let mut content = Vec::new();
    file.read_to_end(&mut content)
        .await
        .map_err(|error| damage(&error))?;
    serde_json::from_slice(&content).map_err(|error| damage(&error))
}

/// Opens a file, which must be a regular file, because a pipe would wait for its other end. Only the current length is
/// read.
async fn open(
    path: &Path,
    size: Option<u64>,
) -> Result<Take<File>, Box<dyn std::error::Error + Send + Sync>> {
    let metadata = fs::metadata(path).await?;
    if !metadata.is_file() {
        return Err("is not a file".into());
    }
    let actual = metadata.len();
    match size {
        Some(size) if size != actual => Err(format!("has {actual} bytes, not {size}").into()),
        _ => Ok(File::open(path).await?.take(actual)),
    }
}
