//! The program: a command line for the manager and for its users.
//!
//! `cargo run` takes the tour: it starts a manager, opens a session with it, looks for images, shows a start that
//! fails, closes everything in order, and prints what was open when. Read `tour.rs` first, then the library.

mod cli;
mod exit;
mod tour;

use std::process::ExitCode;

use aobject::Runner;
use clap::Parser;

fn main() -> ExitCode {
    match cli::Cli::try_parse() {
        // However it ends, a signal included, what it left open is closed when this returns.
        Ok(cli) => exit::code(Runner::new().run(cli.run())),
        Err(asked) => exit::usage(&asked),
    }
}
