//! The service with aobject.

mod caches;
mod server;
mod service;
mod workers;

use std::path::Path;
use std::process::ExitCode;

use ::aobject::{BoxError, Cause, Runner, ready, stopped};

pub use self::service::Service;
use crate::core::{Config, Fault, log};

/// Runs the service that is configured in this file.
pub fn main(file: &Path) -> ExitCode {
    match Config::read_first(file).and_then(|config| serve(config, file)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log(format_args!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn serve(config: Config, file: &Path) -> Result<(), BoxError> {
    let limits = config.limits;
    let runner = Runner::new()
        .limit(limits.stop())
        .shutdown_delay(limits.notice());
    match runner.run(run(config, file)) {
        Ok(outcome) => outcome,
        Err(stopped) if stopped.cause() == Cause::Failed => stopped.exit(),
        // A signal that comes before the service has started is no failure: the start has been rolled back.
        Err(_) => Ok(()),
    }
}

async fn run(config: Config, file: &Path) -> Result<(), BoxError> {
    let fault = config.fault;
    let service = Service::new(config, file).await?;
    assert!(
        fault != Some(Fault::MainPanics),
        "the program is inconsistent"
    );
    ready();
    stopped().await;
    Ok(service.close().await?)
}
