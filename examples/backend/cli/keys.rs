//! Keys on the command line.

use aobject::BoxError;
use backend::wire::signing::KeyPair;
use clap::Args;

/// The key pair of the side that runs.
#[derive(Args)]
pub(super) struct Keys {
    /// The name of the key pair.
    #[arg(long, value_name = "KEY", env = "BACKEND_ACCESS_KEY", value_parser = access_key)]
    access_key: String,
    /// Its secret. Better in the environment: arguments can be seen by others.
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

/// Reads a name that can be sent: in a header, and in front of a colon.
fn access_key(text: &str) -> Result<String, BoxError> {
    if text.is_empty() {
        return Err("it is empty".into());
    }
    if !text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b':')
    {
        return Err("expected ASCII letters, digits and signs, and no colon".into());
    }
    Ok(text.to_owned())
}

/// Reads a secret. An error shows the value, so none is refused that could be one.
fn secret_key(text: &str) -> Result<String, BoxError> {
    if text.trim().is_empty() {
        return Err("it is empty".into());
    }
    Ok(text.to_owned())
}
