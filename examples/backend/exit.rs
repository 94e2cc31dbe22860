//! The exit codes of the program.

use std::error::Error;
use std::process::ExitCode;

use aobject::{BoxError, Stopped};
use backend::causes::causes;
use backend::output::{self, Unwritten};

/// The exit code of a program that SIGPIPE ended: 128 plus the number of the signal.
const CLOSED_PIPE: u8 = 141;

pub(crate) fn code(ended: Result<Result<(), BoxError>, Stopped>) -> ExitCode {
    match ended {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => failed(&*error),
        Err(stopped) => {
            if let Some(error) = stopped.source() {
                return failed(error);
            }
            // The exit code states the signal even if this message cannot be written.
            let _ = output::warn(format_args!("interrupted: {stopped}"));
            stopped.into()
        }
    }
}

/// The exit code after a request for help, or after wrong usage.
pub(crate) fn usage(asked: &clap::Error) -> ExitCode {
    let stream = if asked.use_stderr() {
        "error"
    } else {
        "output"
    };
    match output::written(stream, asked.print()) {
        Ok(()) => u8::try_from(asked.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from),
        Err(unwritten) => failed(&unwritten),
    }
}

fn failed(error: &(dyn Error + 'static)) -> ExitCode {
    if closed_pipe(error) {
        return CLOSED_PIPE.into();
    }
    match output::warn(format_args!("error: {}", causes(error))) {
        Err(unwritten) if unwritten.is_closed_pipe() => CLOSED_PIPE.into(),
        _ => ExitCode::FAILURE,
    }
}

/// Whether the program ended because the reader of its output is gone. That is not reported as an error.
fn closed_pipe(error: &(dyn Error + 'static)) -> bool {
    std::iter::successors(Some(error), |error| (*error).source())
        .filter_map(|error| error.downcast_ref::<Unwritten>())
        .any(Unwritten::is_closed_pipe)
}
