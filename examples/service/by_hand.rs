//! The service by hand: tokio, tokio-util and care.

mod caches;
mod service;
mod worker;

use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::select;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::core::{BoxError, Config, log};

/// Runs the service that this file configures.
pub fn main(file: &Path) -> ExitCode {
    let runtime = match Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            log(format_args!("error: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(run(file));
    // A blocked thread does not delay the end of the process.
    runtime.shutdown_timeout(Duration::from_secs(1));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log(format_args!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(file: &Path) -> Result<(), BoxError> {
    let config = Config::read(file).await?;
    let stop = CancellationToken::new();
    let _signals = AbortOnDropHandle::new(watch_signals(stop.clone())?);
    service::run(config, file, &stop).await
}

/// The first signal stops the service. The second one ends the process.
fn watch_signals(stop: CancellationToken) -> io::Result<tokio::task::JoinHandle<()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(tokio::spawn(async move {
        select! {
            _ = terminate.recv() => log("SIGTERM: stopping"),
            _ = interrupt.recv() => log("SIGINT: stopping"),
        }
        stop.cancel();
        select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        log("a second signal: ending at once");
        std::process::exit(1);
    }))
}
