//! Writing a layout.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;
use tokio::fs;

use crate::oci::descriptor::{
    CONFIGURATION, Configuration, Descriptor, INDEX, Index, LAYER, MANIFEST, Manifest, Marker,
    REF_NAME, RootFs,
};
use crate::oci::digest::Digest;
use crate::oci::tar;

/// A layout that is being written.
pub struct Writer {
    folder: PathBuf,
    manifests: Vec<Descriptor>,
}

impl Writer {
    /// Creates the folder if it does not exist.
    pub async fn create(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder.join("blobs/sha256")).await?;
        Ok(Self {
            folder: folder.to_owned(),
            manifests: Vec::new(),
        })
    }

    /// Adds an image for each of `architectures`. Each has one layer, which contains one file with `content`.
    pub async fn image(
        &mut self,
        reference: &str,
        architectures: &[&str],
        content: &str,
    ) -> io::Result<()> {
        let mut manifests = Vec::new();
        for architecture in architectures {
            manifests.push(self.manifest(architecture, content).await?);
        }
        let mut entry = match <[Descriptor; 1]>::try_from(manifests) {
            Ok([manifest]) => manifest,
            Err(manifests) => {
                self.document(
                    INDEX,
                    &Index {
                        schema_version: 2,
                        manifests,
                    },
                )
                .await?
            }
        };
        entry.annotations = BTreeMap::from([(REF_NAME.to_owned(), reference.to_owned())]);
        self.manifests.push(entry);
        Ok(())
    }

    /// Writes the index last, because a folder without an index is not a layout.
    pub async fn finish(self) -> io::Result<()> {
        let marker = Marker {
            image_layout_version: Marker::VERSION.to_owned(),
        };
        fs::write(self.folder.join("oci-layout"), json(&marker)?).await?;
        let index = Index {
            schema_version: 2,
            manifests: self.manifests,
        };
        fs::write(self.folder.join("index.json"), json(&index)?).await
    }

    async fn manifest(&self, architecture: &str, content: &str) -> io::Result<Descriptor> {
        let layer = self
            .blob(LAYER, &tar::archive("hello.txt", content.as_bytes()))
            .await?;
        let rootfs = RootFs {
            r#type: "layers".to_owned(),
            diff_ids: vec![layer.digest.clone()],
        };
        let (architecture, os) = (architecture.to_owned(), "linux".to_owned());
        let config = self
            .document(
                CONFIGURATION,
                &Configuration {
                    architecture,
                    variant: None,
                    os,
                    rootfs,
                },
            )
            .await?;
        let manifest = Manifest {
            schema_version: 2,
            media_type: MANIFEST.to_owned(),
            config,
            layers: vec![layer],
        };
        self.document(MANIFEST, &manifest).await
    }

    async fn document(
        &self,
        media_type: &str,
        document: &impl Serialize,
    ) -> io::Result<Descriptor> {
        self.blob(media_type, &json(document)?).await
    }

    async fn blob(&self, media_type: &str, content: &[u8]) -> io::Result<Descriptor> {
        let digest = Digest::of(content);
        fs::write(self.folder.join(digest.path()), content).await?;
        Ok(Descriptor {
            media_type: media_type.to_owned(),
            digest: digest.to_string(),
            size: content.len().try_into().map_err(io::Error::other)?,
            annotations: BTreeMap::new(),
            platform: None,
        })
    }
}

fn json(document: &impl Serialize) -> io::Result<Vec<u8>> {
    serde_json::to_vec(document).map_err(io::Error::other)
}
