//! The manager's announcement to every session.

use aobject::BoxError;
use serde::Deserialize;

use crate::session::answer;
use crate::session::api::Api;
use crate::wire::ANNOUNCEMENT;
use crate::wire::text::plain_string;

/// Receives the announcement, if there is one. Its error becomes a warning of the session.
pub type Listener = Box<dyn Fn(&str) -> Result<(), BoxError> + Send + Sync>;

#[derive(Deserialize)]
struct Announcement {
    enabled: bool,
    #[serde(default, deserialize_with = "plain_string")]
    message: String,
}

pub(super) async fn hear(api: &Api, listener: Option<&Listener>) -> Result<(), BoxError> {
    let Some(listener) = listener else {
        return Ok(());
    };
    let answer = answer::read(api.get(ANNOUNCEMENT, Some("text/plain")).await?).await?;
    let Announcement { enabled, message } = serde_json::from_slice(&answer)?;
    if enabled { listener(&message) } else { Ok(()) }
}
