use std::error::Error as StdError;
use std::fmt;
use std::process::ExitCode;
use std::sync::Arc;

use crate::ground::error::display::Causes;
use crate::ground::report;
use crate::ground::stopping::Reason;

/// Why a program stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// By a signal, with its number: 2 for SIGINT, 15 for SIGTERM, 1 for SIGHUP.
    Signal(i32),
    /// By [`stop`](crate::stop()).
    Asked,
    /// By [`fail`](crate::fail()), or by an [essential](crate::Tasks::essential) task.
    Failed,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Signal(1) => f.write_str("SIGHUP"),
            Cause::Signal(2) => f.write_str("SIGINT"),
            Cause::Signal(15) => f.write_str("SIGTERM"),
            Cause::Signal(other) => write!(f, "signal {other}"),
            Cause::Asked => f.write_str("itself"),
            Cause::Failed => f.write_str("a failure"),
        }
    }
}

/// Why a [`Runner`](crate::Runner) has no output: the future was dropped because the program had to stop, or the program
/// failed. The [`source`](StdError::source) is the error that was given to [`fail`](crate::fail()).
///
/// # Examples
///
/// ```no_run
/// use std::process::ExitCode;
///
/// fn main() -> ExitCode {
///     match aobject::Runner::new().run(std::future::pending::<ExitCode>()) {
///         Ok(code) => code,
///         Err(stopped) => {
///             eprintln!("{stopped}"); // stopped by SIGTERM
///             stopped.into() // 143
///         }
///     }
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Stopped(Reason);

impl Stopped {
    pub(super) const fn by(reason: Reason) -> Self {
        Self(reason)
    }

    /// Why the program stopped.
    #[must_use]
    pub fn cause(&self) -> Cause {
        match self.0 {
            Reason::Signal(number) => Cause::Signal(number.into()),
            Reason::Asked => Cause::Asked,
            Reason::Failed(_) => Cause::Failed,
        }
    }

    /// Ends the process, with the exit code of its [`ExitCode`]; a failure is written to standard error before.
    pub fn exit(self) -> ! {
        if let Reason::Failed(error) = &self.0 {
            let causes = Causes(Some(error.as_ref()));
            report::write_line(format_args!("stopped by a failure{causes}"));
        }
        report::flush();
        std::process::exit(self.code().into())
    }

    pub(super) fn code(&self) -> u8 {
        match self.0 {
            Reason::Signal(number) => 128 + number,
            Reason::Asked => 0,
            Reason::Failed(_) => 1,
        }
    }
}

/// By cause, and for failures by error.
impl PartialEq for Stopped {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Reason::Failed(one), Reason::Failed(other)) => Arc::ptr_eq(one, other),
            _ => self.cause() == other.cause(),
        }
    }
}

impl Eq for Stopped {}

/// 128 and the signal's number; 0 for [`Cause::Asked`], 1 for [`Cause::Failed`].
impl From<Stopped> for ExitCode {
    fn from(stopped: Stopped) -> Self {
        ExitCode::from(stopped.code())
    }
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stopped by {}", self.cause())
    }
}

impl StdError for Stopped {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0 {
            Reason::Failed(error) => Some(error.as_ref()),
            Reason::Signal(_) | Reason::Asked => None,
        }
    }
}
