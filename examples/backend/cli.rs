//! The command line.

pub(crate) mod follow;
mod hangups;
mod image;
mod keys;
mod manager;
mod progress;

use aobject::BoxError;
use clap::{Parser, Subcommand};

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
  backend manager serve --images sqlite:images.db --registry stable=./my-layout &
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
