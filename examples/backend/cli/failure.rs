//! What the program ends with when it does not succeed.

use std::process::ExitCode;

use aobject::BoxError;

use crate::signal::Signal;

/// Why a command did not do what it was asked.
pub(crate) enum Failure {
    /// It could not.
    Error(BoxError),
    /// It was told to stop, and did.
    Stopped(Signal),
}

impl Failure {
    /// Says it, and gives the exit code.
    pub(crate) fn report(self) -> ExitCode {
        match self {
            Self::Error(error) => {
                eprintln!("error: {error:#}");
                ExitCode::FAILURE
            }
            Self::Stopped(signal) => {
                eprintln!("{signal}");
                signal.exit_code().into()
            }
        }
    }
}

/// So that `?` takes whatever a `BoxError` can be made of.
impl<E: Into<BoxError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}
