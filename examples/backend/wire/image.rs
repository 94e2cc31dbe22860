//! An image, as a manager knows it.

use async_graphql::SimpleObject;
use serde::Deserialize;

/// One image for one kind of machine.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, SimpleObject)]
#[graphql(complex, rename_fields = "snake_case")]
pub struct Image {
    /// The registry that it was found in.
    pub registry: String,
    /// `library/python`
    pub name: String,
    /// `3.13`
    pub tag: String,
    /// `arm64`
    pub architecture: String,
    /// Of its manifest: `sha256:…`.
    pub digest: String,
    /// Of its layers and its configuration together, in bytes.
    pub size_bytes: i64,
}
