//! The operations of `POST /admin/gql`, which is GraphQL.

use async_graphql::SimpleObject;
use serde::{Deserialize, Serialize};

use crate::wire::text::plain_string;

/// Looks for images in one registry, or in all. Its answer is a [`Started`].
pub const RESCAN_IMAGES: &str = "mutation($registry: String, $project: String) {\n    \
    rescan_images(registry:$registry, project: $project) {\n       ok msg task_id\n    }\n}";
/// Lists the images. Its answer is a list of [`Image`](super::image::Image)s.
pub const IMAGES: &str =
    "query {\n    images { registry name tag architecture digest size_bytes }\n}";

/// The body of a request.
#[derive(Debug, Serialize, Deserialize)]
pub struct Request<V> {
    /// The operation, in GraphQL's words.
    pub query: String,
    /// The values of its variables.
    #[serde(default)]
    pub variables: V,
    /// Which operation is meant, if the query has several.
    #[serde(
        default,
        rename = "operationName",
        skip_serializing_if = "Option::is_none"
    )]
    pub operation_name: Option<String>,
}

/// What [`RESCAN_IMAGES`] takes.
#[derive(Debug, Default, Serialize)]
pub struct RescanImages {
    /// All, if there is none.
    pub registry: Option<String>,
    /// Only images whose names begin so: `library` for `library/python`.
    pub project: Option<String>,
}

/// What [`RESCAN_IMAGES`] gives.
#[derive(Debug, Deserialize, SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub struct Started {
    /// Whether a task was started.
    pub ok: bool,
    /// Why not.
    #[serde(deserialize_with = "plain_string")]
    pub msg: String,
    /// The task.
    pub task_id: Option<uuid::Uuid>,
}
