//! The other side of a session.

use std::time::Duration;

use reqwest::Url;

use crate::wire::signing::KeyPair;

/// A manager, and the settings for requests to it.
#[derive(Clone)]
pub struct Remote {
    /// The URL of the manager.
    pub endpoint: Url,
    /// The keys that sign the requests.
    pub keys: KeyPair,
    /// How long the manager may be silent while the session is open. To limit the start, use
    /// [`New::timeout`](aobject::New::timeout).
    pub patience: Duration,
}
