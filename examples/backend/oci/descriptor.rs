//! The documents of a layout. Only what is used here is read of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::oci::Damage;

/// The annotation that names an image.
pub const REF_NAME: &str = "org.opencontainers.image.ref.name";

/// The annotation of a manifest that is about another one, and its value for what a build says of itself.
const REFERENCE_TYPE: &str = "vnd.docker.reference.type";
const ATTESTATION: &str = "attestation-manifest";
/// The machine of a manifest that runs on none.
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
    /// The only version there is.
    pub const VERSION: &str = "1.0.0";
}

/// What a document says of a blob.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// What kind of blob it is.
    pub media_type: String,
    /// Not yet checked: a wrong one is one image's damage, and not its index's.
    pub digest: String,
    /// In bytes.
    pub size: u64,
    /// Remarks, as [`REF_NAME`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
    /// Its machine, if the index knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
}

impl Descriptor {
    /// Whether it says how an image was built, and is none.
    pub fn is_attestation(&self) -> bool {
        let about = self.annotations.get(REFERENCE_TYPE);
        let platform = self.platform.as_ref();
        about.is_some_and(|about| about == ATTESTATION) || platform.is_some_and(Platform::is_none)
    }
}

/// The machine that an image runs on.
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

/// `index.json`, and the blob of an image for several kinds of machines.
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
    /// What its file system is made of.
    pub layers: Vec<Descriptor>,
}

/// What an image needs to run.
#[derive(Debug, Serialize, Deserialize)]
pub struct Configuration {
    /// `amd64`
    pub architecture: String,
    /// `v7`, of an `arm`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// `linux`
    pub os: String,
    /// Its layers once more.
    #[serde(default)]
    pub rootfs: RootFs,
}

impl Configuration {
    /// Whether it runs on nothing, as that of an attestation.
    pub fn is_of_no_machine(&self) -> bool {
        self.architecture == UNKNOWN && self.os == UNKNOWN
    }

    /// What it runs on: `amd64`, `arm/v7`.
    pub fn machine(&self) -> Result<String, Damage> {
        let machine = match &self.variant {
            Some(variant) => format!("{}/{variant}", self.architecture),
            None => self.architecture.clone(),
        };
        // It is shown on terminals.
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
    /// Digests of the layers, not compressed.
    pub diff_ids: Vec<String>,
}
