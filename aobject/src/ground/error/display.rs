//! How an error is told: one line, or with `{:#}` the whole report.

use std::error::Error as StdError;
use std::fmt;

use super::{Error, ErrorKind, Phase};

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_line(f)?;
        if f.alternate() {
            return self.write_report(f);
        }
        match self.count_related() {
            0 => Ok(()),
            1 => f.write_str(" (and 1 more error)"),
            n => write!(f, " (and {n} more errors)"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:#}")
    }
}

impl Error {
    fn write_line(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.phase())?;
        if !self.path().is_empty() {
            write!(f, " of `{}`", self.path())?;
        }
        match (self.kind(), self.0.limit) {
            (ErrorKind::TimedOut, Some(limit)) => write!(f, " timed out after {limit:?}")?,
            (kind, _) => write!(f, " {kind}")?,
        }
        self.source().map_or(Ok(()), |cause| write_causes(f, cause))
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
            error.write_line(f)?;
        }
        match self.0.more {
            0 => Ok(()),
            more => write!(f, "\n  and {more} more"),
        }
    }
}

/// The cause and its own causes, on one line; one that only repeats the end of the one before is left out.
fn write_causes(f: &mut fmt::Formatter<'_>, cause: &(dyn StdError + 'static)) -> fmt::Result {
    let mut told = String::new();
    for cause in std::iter::successors(Some(cause), |cause| (*cause).source()) {
        let text = cause
            .to_string()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        if !told.ends_with(&text) {
            write!(f, ": {text}")?;
            told = text;
        }
    }
    Ok(())
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
            ErrorKind::Closed => "is not possible, it is closed",
            ErrorKind::StillShared => "is left to others, who still hold it",
            ErrorKind::Ended => "ended unasked",
            ErrorKind::Lost => "was cut short by the end of its runtime",
        })
    }
}
