//! Runs the bodies of `#[main]` and `#[test]` functions.

use std::future::Future;
use std::process::{ExitCode, Termination};

use tokio::runtime::Handle;

use crate::ground::{open_objects, runtimes};
use crate::programs::runner::Runner;

/// Runs the body of a `main`; ends the process if the program was stopped.
pub fn main<R>(runner: Runner, body: impl Future<Output = R>) -> R {
    runner.run(body).unwrap_or_else(|stopped| stopped.exit())
}

/// Runs the body of a test.
///
/// # Panics
///
/// When the body panics, and when it leaves an object open.
#[track_caller]
pub fn test<R: Termination>(runner: Runner, body: impl Future<Output = R>) -> ExitCode {
    let body = async {
        open_objects::begin(Handle::current().id());
        body.await
    };
    let mut faults = Vec::new();
    let ended = runner.signals(false).run_and(body, |runtime| {
        let left = open_objects::end(runtime.handle().id());
        faults.extend(left.iter().map(ToString::to_string));
        let pending = runtimes::of(runtime.handle()).background().len();
        if pending > 0 {
            faults.push(format!("closes that have not ended: {pending}"));
        }
    });
    let code = ended.map_or(ExitCode::FAILURE, Termination::report);
    // Otherwise it has failed already, which may be why.
    if code == ExitCode::SUCCESS {
        assert!(
            faults.is_empty(),
            "the test left objects open:\n  {}",
            faults.join("\n  ")
        );
    }
    code
}
