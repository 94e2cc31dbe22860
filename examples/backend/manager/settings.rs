//! The settings that a manager starts with.

use std::net::SocketAddr;

use crate::manager::place::Place;
use crate::manager::registries::Registries;
use crate::wire::signing::KeyPair;

/// Everything that a manager has to know.
#[derive(Clone)]
pub struct Settings {
    /// Where to answer; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where the images are kept.
    pub images: Place,
    /// Where images are looked for.
    pub registries: Registries,
    /// The keys that requests must be signed with.
    pub keys: KeyPair,
    /// The announcement that every session gets first.
    pub announcement: Option<String>,
}
