//! The documents of a layout, with only the fields that are used here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::oci::Damage;

/// The annotation that names an image.
pub const REF_NAME: &str = "org.opencontainers.image.ref.name";

/// The annotation on a manifest that describes another manifest, and its value for build attestations.
const REFERENCE_TYPE: &str = "vnd.docker.reference.type";
const ATTESTATION: &str = "attestation-manifest";
/// The architecture of a manifest that runs on no machine.
const UNKNOWN: &str = "unknown";

/// Media types.
pub const INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// See [`Manifest`].
pub const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// See [`Configuration`].
pub const CONFIGURATION: &str = "application/vnd.oci.image.config.v1+json";
/// A tar archive, not compressed.
pub const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";

/// The file `oci-layout`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Marker {
    /// [`Marker::VERSION`]
    pub image_layout_version: String,
}

impl Marker {
    /// The only version.
    pub const VERSION: &str = "1.0.0";
}

/// A reference to a blob.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// The media type of the blob.
    pub media_type: String,
    /// Not checked here, so a malformed digest damages only this image, not the whole index.
    pub digest: String,
    /// In bytes.
    pub size: u64,
    /// Annotations, such as [`REF_NAME`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
    /// The platform, if the index states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
}

impl Descriptor {
    /// Whether the blob describes how an image was built, and is not an image itself.
    pub fn is_attestation(&self) -> bool {
        let about = self.annotations.get(REFERENCE_TYPE);
        let platform = self.platform.as_ref();
        about.is_some_and(|about| about == ATTESTATION) || platform.is_some_and(Platform::is_none)
    }
}

/// The platform that an image runs on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Platform {
    /// `amd64`
    #[serde(default)]
    pub architecture: String,
    /// `linux`
    #[serde(default)]
    pub os: String,
}

impl Platform {
    fn is_none(&self) -> bool {
        self.architecture == UNKNOWN && self.os == UNKNOWN
    }
}

/// `index.json`, or the blob of an image for several platforms.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Index {
    /// 2
    pub schema_version: u32,
    /// Manifests, and other indexes.
    pub manifests: Vec<Descriptor>,
}

/// One image.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// 2
    pub schema_version: u32,
    /// [`MANIFEST`]
    #[serde(default)]
    pub media_type: String,
    /// Its [`Configuration`].
    pub config: Descriptor,
    /// The layers of its file system.
    pub layers: Vec<Descriptor>,
}

/// The configuration of an image.
#[derive(Debug, Serialize, Deserialize)]
pub struct Configuration {
    /// `amd64`
    pub architecture: String,
    /// `v7`, for an `arm`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// `linux`
    pub os: String,
    /// The layers again.
    #[serde(default)]
    pub rootfs: RootFs,
}

impl Configuration {
    /// Whether the image runs on no machine, like that of an attestation.
    pub fn is_of_no_machine(&self) -> bool {
        self.architecture == UNKNOWN && self.os == UNKNOWN
    }

    /// The platform: `amd64`, `arm/v7`.
    pub fn machine(&self) -> Result<String, Damage> {
        let machine = match &self.variant {
            Some(variant) => format!("{}/{variant}", self.architecture),
            None => self.architecture.clone(),
        };
        // Restricted, because the text is shown on terminals.
        let allowed = |letter: char| letter.is_ascii_alphanumeric() || "-._/".contains(letter);
        if machine.is_empty() || !machine.chars().all(allowed) {
            return Err(Damage::new(format_args!(
                "{machine:?} is not an architecture"
            )));
        }
        Ok(machine)
    }
}

/// The layers of a [`Configuration`].
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct RootFs {
    /// `layers`
    pub r#type: String,
    /// Digests of the uncompressed layers.
    pub diff_ids: Vec<String>,
}
