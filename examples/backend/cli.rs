//! The command line.

mod image;
mod manager;
mod progress;

use aobject::BoxError;
use backend::wire::signing::KeyPair;
use clap::{Args, Parser, Subcommand};

pub(crate) use self::image::follow;
use crate::tour;

/// A small backend made of objects; without a command, a tour of it.
///
/// A manager knows the images of some registries, and answers over HTTP; the other commands ask it. Both sides need
/// the same keys.
#[derive(Parser)]
#[command(name = "backend", version, after_help = EXAMPLE)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

const EXAMPLE: &str = "Example:
  export BACKEND_ACCESS_KEY=me BACKEND_SECRET_KEY=secret
  backend manager serve --database images.db --registry stable=./my-layout &
  backend image rescan
  backend image list

Exit codes: 0 done, 1 failed, 2 wrong usage, 128 + n ended by signal n (130: Ctrl-C; 141: nobody reads its output).";

#[derive(Subcommand)]
enum Command {
    /// The server side.
    #[command(subcommand)]
    Manager(manager::Command),
    /// The images that a manager knows.
    #[command(subcommand)]
    Image(image::Command),
}

impl Cli {
    pub(crate) async fn run(self) -> Result<(), BoxError> {
        match self.command {
            None => tour::run().await,
            Some(Command::Manager(command)) => command.run().await,
            Some(Command::Image(command)) => command.run().await,
        }
    }
}

/// Who asks, and who may.
#[derive(Args)]
struct Keys {
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

/// Reads `NAME=FOLDER`.
fn named_folder(text: &str) -> Result<(String, std::path::PathBuf), BoxError> {
    match text.split_once('=') {
        Some((name, folder)) if !name.is_empty() && !folder.is_empty() => {
            Ok((name.into(), folder.into()))
        }
        _ => Err("expected NAME=FOLDER".into()),
    }
}
