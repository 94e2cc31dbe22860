//! The other side of a session.

use std::time::Duration;

use reqwest::Url;

use crate::wire::signing::KeyPair;

/// A manager, and how it is spoken to.
#[derive(Clone)]
pub struct Remote {
    /// Where the manager answers.
    pub endpoint: Url,
    /// The keys that requests are signed with.
    pub keys: KeyPair,
    /// How long the manager may say nothing, once the session is open. For the opening there is
    /// [`New::timeout`](aobject::New::timeout).
    pub patience: Duration,
}
