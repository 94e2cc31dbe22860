//! An image in the manager's list.

use async_graphql::SimpleObject;
use serde::Deserialize;

use crate::wire::text::plain_string;

/// An image for one platform.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, SimpleObject)]
#[graphql(complex, rename_fields = "snake_case")]
pub struct Image {
    /// The registry that contains the image.
    #[serde(deserialize_with = "plain_string")]
    pub registry: String,
    /// `library/python`
    #[serde(deserialize_with = "plain_string")]
    pub name: String,
    /// `3.13`
    #[serde(deserialize_with = "plain_string")]
    pub tag: String,
    /// `arm64`
    #[serde(deserialize_with = "plain_string")]
    pub architecture: String,
    /// The digest of the manifest: `sha256:…`.
    #[serde(deserialize_with = "plain_string")]
    pub digest: String,
    /// The size of the layers and the configuration, in bytes.
    pub size_bytes: i64,
}
