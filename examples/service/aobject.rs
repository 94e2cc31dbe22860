//! The service with aobject.

mod alarm;
mod caches;
mod server;
mod service;
mod workers;

use std::path::Path;
use std::process::ExitCode;

use ::aobject::{BoxError, Runner, stopped};
use tokio::select;

pub use self::service::Service;
use crate::core::{Config, Fault, log};

/// Runs the service that is configured in this file.
pub fn main(file: &Path) -> ExitCode {
    let outcome = Config::read_first(file).and_then(|config| {
        let half = config.limits.stop() / 2;
        let runner = Runner::new().grace(half).limit(half);
        // A signal that comes before the service has started is no failure: the start has been rolled back.
        runner.run(run(config, file)).unwrap_or(Ok(()))
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log(format_args!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(config: Config, file: &Path) -> Result<(), BoxError> {
    let fault = config.fault;
    let service = Service::new(config, file).await?;
    assert!(
        fault != Some(Fault::MainPanics),
        "the program is inconsistent"
    );
    let outcome = select! {
        () = stopped() => Ok(()),
        error = service.failed() => Err(error),
    };
    let closed = service.close().await;
    if let (Err(_), Err(error)) = (&outcome, &closed) {
        log(format_args!("error: {error:#}"));
    }
    outcome.and(closed.map_err(Into::into))
}
