//! The settings that a manager starts with.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::manager::folders::Folders;
use crate::manager::place::Place;
use crate::wire::signing::KeyPair;

/// Everything that a manager has to know.
#[derive(Clone)]
pub struct Settings {
    /// Where to answer; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where the images are kept.
    pub images: Place,
    /// Where images are looked for.
    pub registries: Folders,
    /// The keys that requests must be signed with.
    pub keys: KeyPair,
    /// The announcement that every session gets first.
    pub announcement: Option<String>,
    /// A JSON file that replaces keys and announcement, and is read again at each reload.
    pub reload: Option<PathBuf>,
}
