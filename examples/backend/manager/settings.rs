//! The settings of a manager.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::manager::folders::Folders;
use crate::manager::place::Place;
use crate::wire::signing::KeyPair;

/// All settings of a manager.
#[derive(Clone)]
pub struct Settings {
    /// The address to listen on. With port 0, the system chooses a free port.
    pub listen: SocketAddr,
    /// Where to keep the images.
    pub images: Place,
    /// Where to look for images.
    pub registries: Folders,
    /// The keys that must sign the requests.
    pub keys: KeyPair,
    /// The announcement that every session gets first.
    pub announcement: Option<String>,
    /// A JSON file that replaces keys and announcement, and is read again at each reload.
    pub reload: Option<PathBuf>,
}
