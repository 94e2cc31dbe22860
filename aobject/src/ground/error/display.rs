//! Formatting of errors.

use std::error::Error as StdError;
use std::fmt;

use crate::ground::error::{Error, ErrorKind, Phase};

/// Prints one line without the causes, which [`source`](StdError::source) returns. `{:#}` prints the whole
/// report.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_head(f)?;
        if !f.alternate() {
            return self.write_number_of_related(f);
        }
        write!(f, "{}", self.causes())?;
        self.write_report(f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:#}")
    }
}

impl Error {
    /// One line that includes the causes, for logs.
    pub(crate) fn summary(&self) -> Summary<'_> {
        Summary(self)
    }

    /// `: cause: its cause`, or nothing.
    pub(crate) fn causes(&self) -> Causes<'_> {
        Causes(self.source())
    }

    /// Writes the phase, the path and the kind.
    fn write_head(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.phase())?;
        if !self.path().is_empty() {
            write!(f, " of `{}`", self.path())?;
        }
        match (self.kind(), self.0.limit) {
            (ErrorKind::TimedOut, Some(limit)) => write!(f, " timed out after {limit:?}")?,
            (kind, _) => write!(f, " {kind}")?,
        }
        self.write_attempts(f)
    }

    /// `failed after 3 attempts`, `timed out after 5s (3 attempts)`.
    fn write_attempts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(attempts) = self.0.attempts else {
            return Ok(());
        };
        let plural = if attempts == 1 { "" } else { "s" };
        match self.0.limit {
            Some(_) => write!(f, " ({attempts} attempt{plural})"),
            None => write!(f, " after {attempts} attempt{plural}"),
        }
    }

    fn write_number_of_related(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.count_related() {
            0 => Ok(()),
            1 => f.write_str(" (and 1 more error)"),
            n => write!(f, " (and {n} more errors)"),
        }
    }

    fn write_report(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.0.in_flight.is_empty() {
            write!(f, "\n  also in flight: `{}`", self.0.in_flight.join("`, `"))?;
        }
        for error in self.related() {
            let rollback = self.phase() == Phase::Init && error.phase() == Phase::Close;
            f.write_str(if rollback {
                "\n  while rolling back: "
            } else {
                "\n  also: "
            })?;
            error.write_head(f)?;
            write!(f, "{}", error.causes())?;
        }
        match self.0.more {
            0 => Ok(()),
            more => write!(f, "\n  and {more} more"),
        }
    }
}

/// See [`Error::summary`].
pub(crate) struct Summary<'a>(&'a Error);

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(error) = self;
        error.write_head(f)?;
        write!(f, "{}", error.causes())?;
        error.write_number_of_related(f)
    }
}

/// The chain of causes, each after a colon. A cause that only repeats the end of the previous text is left out.
pub(crate) struct Causes<'a>(pub(crate) Option<&'a (dyn StdError + 'static)>);

impl fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut written = String::new();
        for cause in std::iter::successors(self.0, |cause| (*cause).source()) {
            let text = cause
                .to_string()
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
            if !written.ends_with(&text) {
                write!(f, ": {text}")?;
                written = text;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Phase::Init => "init",
            Phase::Close => "close",
        })
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ErrorKind::Failed => "failed",
            ErrorKind::TimedOut => "timed out",
            ErrorKind::Panicked => "panicked",
            ErrorKind::Reentered => "waits for itself",
            ErrorKind::Closed => "refused: already closed",
            ErrorKind::StillShared => "skipped: still shared",
            ErrorKind::Ended => "ended unexpectedly",
            ErrorKind::Lost => "was lost",
        })
    }
}
