//! What a manager is started with.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::manager::registries::Registries;
use crate::wire::signing::KeyPair;

/// Given to a manager when it starts.
#[derive(Clone)]
pub struct Settings {
    /// Where to answer; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The file that holds the database, made if there is none.
    pub database: PathBuf,
    /// Where images are looked for.
    pub registries: Registries,
    /// Who may ask.
    pub keys: KeyPair,
    /// What sessions are told first.
    pub announcement: Option<String>,
}
