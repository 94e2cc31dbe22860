//! An image, as a manager knows it.

use async_graphql::SimpleObject;
use serde::Deserialize;

use crate::wire::text::plain_string;

/// One image for one kind of machine.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, SimpleObject)]
#[graphql(complex, rename_fields = "snake_case")]
pub struct Image {
    /// The registry that it was found in.
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
    /// Of its manifest: `sha256:…`.
    #[serde(deserialize_with = "plain_string")]
    pub digest: String,
    /// Of its layers and its configuration together, in bytes.
    pub size_bytes: i64,
}
