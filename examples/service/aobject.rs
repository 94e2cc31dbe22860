//! The service with aobject.

mod caches;
mod server;
mod service;
mod workers;

use std::fmt::Display;
use std::path::Path;
use std::process::ExitCode;

use ::aobject::{BoxError, Cause, Runner, ready, stopped};

pub use self::service::Service;
use crate::core::{Config, Fault, log};

/// Runs the service that this file configures.
pub fn main(file: &Path) -> ExitCode {
    match Config::read_first(file) {
        Ok(config) => serve(config, file),
        Err(error) => failed(&error),
    }
}

fn serve(config: Config, file: &Path) -> ExitCode {
    let limits = config.limits;
    let runner = Runner::new()
        .limit(limits.stop())
        .shutdown_delay(limits.notice());
    let body = async {
        match run(config, file).await {
            Ok(()) => ExitCode::SUCCESS,
            // Set here, because the failure of a worker replaces the result of the body.
            Err(error) => failed(&error),
        }
    };
    match runner.run(body) {
        Ok(code) => code,
        Err(stopped) if stopped.cause() == Cause::Failed => stopped.exit(),
        // A signal before the service has started is not a failure. The start has been rolled back.
        Err(_) => ExitCode::SUCCESS,
    }
}

fn failed(error: &dyn Display) -> ExitCode {
    log(format_args!("error: {error:#}"));
    ExitCode::FAILURE
}

async fn run(config: Config, file: &Path) -> Result<(), BoxError> {
    let fault = config.fault;
    let service = Service::new(config, file, None).await?;
    assert!(
        fault != Some(Fault::MainPanics),
        "the program is inconsistent"
    );
    ready();
    stopped().await;
    Ok(service.close().await?)
}
