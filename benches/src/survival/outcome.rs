//! The outcome for an object, and the required outcome.

use std::fmt;

use crate::survival::events::{
    BEGUN, BLOCKED, BYTES, ENDED, FAILED, NOT_OFFERED, PANICKED, RETURNED,
};
use crate::survival::seen::Seen;

/// The outcome for an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The close ran to its end.
    Closed,
    /// The same, but the thread that dropped the object waited for the close.
    Blocked,
    /// The close could not run, or failed, and the program gets a report that names the object and the reason.
    Reported,
    /// Nothing is reported.
    Lost,
    /// The close began and did not end, and nothing is reported.
    HalfRun,
    /// The close ran more than once.
    Ran(usize),
    /// The drop panicked.
    Panicked,
    /// The process aborted.
    Aborted,
    /// The process had to be killed.
    Hung,
    /// Milliseconds until the code that must not wait could continue.
    After(u64),
    /// All objects were closed, and each took this many bytes while it waited.
    Took(u64),
    /// The contestant does not offer this.
    NotOffered,
}

impl Outcome {
    fn of(seen: &Seen) -> Self {
        let (begun, ended) = (seen.times(BEGUN), seen.times(ENDED));
        match () {
            () if seen.killed => Self::Hung,
            () if seen.aborted => Self::Aborted,
            () if seen.times(NOT_OFFERED) > 0 => Self::NotOffered,
            () if seen.times(PANICKED) > 0 => Self::Panicked,
            () if begun > 1 => Self::Ran(begun),
            () if seen.times(FAILED) > 0 || ended == 0 => Self::not_ended(seen, begun),
            () => Self::ended(seen),
        }
    }

    fn not_ended(seen: &Seen, begun: usize) -> Self {
        match () {
            () if seen.is_reported() => Self::Reported,
            () if begun == 0 || seen.times(FAILED) > 0 => Self::Lost,
            () => Self::HalfRun,
        }
    }

    fn ended(seen: &Seen) -> Self {
        match (seen.number(RETURNED), seen.number(BYTES)) {
            (Some(milliseconds), _) => Self::After(milliseconds),
            (None, Some(bytes)) => Self::Took(bytes),
            (None, None) if seen.times(BLOCKED) > 0 => Self::Blocked,
            (None, None) => Self::Closed,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("ok"),
            Self::Blocked => f.write_str("B"),
            Self::Reported => f.write_str("reported"),
            Self::Lost => f.write_str("L"),
            Self::HalfRun => f.write_str("half-run"),
            Self::Ran(times) => write!(f, "ran {times} times"),
            Self::Panicked => f.write_str("P"),
            Self::Aborted => f.write_str("A"),
            Self::Hung => f.write_str("H"),
            Self::After(milliseconds) => write!(f, "{milliseconds} ms"),
            Self::Took(bytes) => write!(f, "ok, {bytes} B"),
            Self::NotOffered => f.write_str("-"),
        }
    }
}

impl Seen {
    /// The outcome of the situation.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        Outcome::of(self)
    }
}

/// The required outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Must {
    /// The close runs to its end, and blocks nothing.
    Close,
    /// A report reaches the program.
    Report,
    /// Either of the two.
    CloseOrReport,
    /// The code that drops the object can continue before the close has ended.
    NotWait,
    /// All objects are closed, and each takes at most 4 KiB while it waits.
    Bound,
}

impl Must {
    /// Whether the outcome is the required one.
    #[must_use]
    pub fn holds(self, seen: &Seen) -> bool {
        match (self, seen.outcome()) {
            (Self::Close | Self::CloseOrReport, Outcome::Closed)
            | (Self::Report | Self::CloseOrReport, Outcome::Reported) => true,
            (Self::NotWait, Outcome::After(_)) => seen.times(BLOCKED) == 0,
            (Self::Bound, Outcome::Took(bytes)) => bytes <= 4096,
            _ => false,
        }
    }
}

impl fmt::Display for Must {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Close => "ok",
            Self::Report => "reported",
            Self::CloseOrReport => "ok or reported",
            Self::NotWait => "before the close ends",
            Self::Bound => "ok, at most 4096 B",
        })
    }
}
