//! Keys on the command line.

use backend::wire::keys::{access_key, secret_key};
use backend::wire::signing::KeyPair;
use clap::Args;

/// The key pair of this side.
#[derive(Args)]
pub(super) struct Keys {
    /// The name of the key pair.
    #[arg(long, value_name = "KEY", env = "BACKEND_ACCESS_KEY", value_parser = access_key)]
    access_key: String,
    /// The secret. Prefer the environment variable, because other users can see arguments.
    #[arg(
        long,
        value_name = "KEY",
        env = "BACKEND_SECRET_KEY",
        hide_env_values = true,
        value_parser = secret_key
    )]
    secret_key: String,
}

impl From<Keys> for KeyPair {
    fn from(keys: Keys) -> Self {
        Self {
            access: keys.access_key,
            secret: keys.secret_key,
        }
    }
}
