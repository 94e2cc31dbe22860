//! The program: a command line for the manager and for its users.
//!
//! `cargo run` takes the tour: it starts a manager, opens a session with it, looks for images, shows a start that
//! fails, closes everything in order, and prints what was open when. Read `tour.rs` first, then the library.

mod cli;
mod signal;
mod tour;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

/// How long objects that were dropped instead of closed may take.
const DRAIN_LIMIT: Duration = Duration::from_secs(1);

#[tokio::main]
async fn main() -> ExitCode {
    let ended = cli::Cli::parse().run().await;
    // What an error left behind on its way here closes in the background, and tells its own errors.
    let drained = aobject::drain(DRAIN_LIMIT).await;
    if drained.pending > 0 {
        eprintln!("error: closes that took longer than {DRAIN_LIMIT:?}: {}", drained.pending);
    }
    let clean = drained.pending == 0 && drained.errors.is_empty();
    match ended {
        Ok(()) if clean => ExitCode::SUCCESS,
        Ok(()) => ExitCode::FAILURE,
        Err(error) => error.report(),
    }
}
