//! The command line.

pub(crate) mod follow;
mod hangups;
mod image;
mod keys;
mod manager;
pub(crate) mod pictures;
mod progress;

use std::time::Duration;

use aobject::{BoxError, Runner, Stopped};
use clap::{Parser, Subcommand};

use crate::cli::pictures::Pictures;
use crate::tour;

/// A small backend made of objects. Without a command, it gives a tour.
///
/// A manager keeps a list of container images and serves it over HTTP. The other commands send requests to a manager.
/// Both sides need the same keys.
#[derive(Parser)]
#[command(name = "backend", version, after_help = EXAMPLE, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    pictures: Pictures,
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
    /// The images of a manager.
    #[command(subcommand)]
    Image(image::Command),
}

impl Cli {
    /// When this function returns, every open object is closed, even if a signal ended the command.
    pub(crate) fn run(self) -> Result<Result<(), BoxError>, Stopped> {
        match self.command {
            None => tour::run(self.pictures),
            Some(Command::Manager(command)) => command.run(),
            // Only errors go to standard error.
            Some(Command::Image(command)) => Runner::new()
                .notice_after(Duration::ZERO)
                .run(command.run()),
        }
    }
}
