//! A small backend: a manager that answers over HTTP, and a session with it.
//!
//! `cargo run` takes the tour: it starts both, shows a start that fails, closes everything in order and prints
//! what happened when. Read `tour.rs` and `manager.rs` first; the rest is what they are made of.

mod cli;
mod journal;
mod manager;
mod session;
mod signal;
mod tour;
mod version;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

/// How long objects that were dropped instead of closed may take.
const DRAIN_LIMIT: Duration = Duration::from_secs(1);

#[tokio::main]
async fn main() -> ExitCode {
    let ended = cli::Cli::parse().run().await;
    if let Err(error) = &ended {
        eprintln!("error: {error:#}");
    }
    // What an error left behind on its way here closes in the background, and tells its own errors.
    let drained = aobject::drain(DRAIN_LIMIT).await;
    if drained.pending > 0 {
        eprintln!("error: closes that took longer than {DRAIN_LIMIT:?}: {}", drained.pending);
    }
    let clean = ended.is_ok() && drained.pending == 0 && drained.errors.is_empty();
    if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
