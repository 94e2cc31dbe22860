//! The operations of `POST /admin/gql`.
//!
//! They look like GraphQL, and a manager that speaks all of it takes them; this one goes by the name of the
//! operation and of its first field, and gives back all there is, whatever fields are asked for.

use serde::{Deserialize, Serialize};
use serde_json::Value;

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
    /// What it is about.
    #[serde(default)]
    pub variables: V,
}

/// What [`RESCAN_IMAGES`] takes.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct RescanImages {
    /// All, if there is none.
    pub registry: Option<String>,
    /// Only images whose names begin so: `library` for `library/python`.
    pub project: Option<String>,
}

/// What [`RESCAN_IMAGES`] gives.
#[derive(Debug, Serialize, Deserialize)]
pub struct Started {
    /// Whether a task was started.
    pub ok: bool,
    /// Why not.
    pub msg: String,
    /// The task.
    pub task_id: Option<uuid::Uuid>,
}

/// The operation's kind and its first field: `("mutation", "rescan_images")`.
pub fn parse(query: &str) -> Option<(&str, &str)> {
    let (head, body) = query.split_once('{')?;
    let kind = match word(head) {
        "" => "query",
        kind => kind,
    };
    Some((kind, word(body)))
}

/// The name that the text begins with.
fn word(text: &str) -> &str {
    let text = text.trim_start();
    let end = text.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
    &text[..end.unwrap_or(text.len())]
}

/// The body of an answer to `field`.
pub fn answer(field: &str, value: &impl Serialize) -> Value {
    serde_json::json!({ "data": { field: value } })
}

/// The body of an answer that tells what is wrong.
pub fn refusal(message: &str) -> Value {
    serde_json::json!({ "errors": [{ "message": message }] })
}

#[cfg(test)]
mod tests;
