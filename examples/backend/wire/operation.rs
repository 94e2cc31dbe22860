//! The operations of `POST /admin/gql`, which is GraphQL.

use async_graphql::SimpleObject;
use serde::{Deserialize, Serialize};

use crate::wire::text::plain_string;

/// Looks for images in one registry or in all of them. The result is a [`Started`].
pub const RESCAN_IMAGES: &str = "mutation($registry: String, $project: String) {\n    \
    rescan_images(registry:$registry, project: $project) {\n       ok msg task_id\n    }\n}";
/// Lists the images. The result is a list of [`Image`](super::image::Image)s.
pub const IMAGES: &str =
    "query {\n    images { registry name tag architecture digest size_bytes }\n}";

/// The body of a request.
#[derive(Debug, Serialize, Deserialize)]
pub struct Request<V> {
    /// The operation, in GraphQL.
    pub query: String,
    /// The values of its variables.
    #[serde(default)]
    pub variables: V,
    /// The name of the operation to run, if the query contains several.
    #[serde(
        default,
        rename = "operationName",
        skip_serializing_if = "Option::is_none"
    )]
    pub operation_name: Option<String>,
}

/// The variables of [`RESCAN_IMAGES`].
#[derive(Debug, Default, Serialize)]
pub struct RescanImages {
    /// The registry to scan, or all of them if `None`.
    pub registry: Option<String>,
    /// Only images whose names begin with this: `library` for `library/python`.
    pub project: Option<String>,
}

/// The result of [`RESCAN_IMAGES`].
#[derive(Debug, Deserialize, SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub struct Started {
    /// Whether a task has been started.
    pub ok: bool,
    /// The reason if not.
    #[serde(deserialize_with = "plain_string")]
    pub msg: String,
    /// The id of the task.
    pub task_id: Option<uuid::Uuid>,
}
