//! The program: a command line for the manager and for its clients.
//!
//! `cargo run` starts the tour, which starts a manager, opens a session, looks for images, shows a start that fails,
//! closes everything in order, and prints a timeline. Read `tour.rs` first, then the library.

mod cli;
mod exit;
mod narrator;
mod tour;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match cli::Cli::try_parse() {
        Ok(cli) => exit::code(cli.run()),
        Err(asked) => exit::usage(&asked),
    }
}
