//! What a close does.

use std::fmt;
use std::future::pending;
use std::time::Duration;

use tokio::time::sleep;

use crate::survival::events::{self, BEGUN, ENDED, FAILED, say};

/// The work of a close. The default is that of an object whose close has been taken out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Work {
    /// Does nothing, and prints nothing.
    #[default]
    Nothing,
    /// Waits until the owner that dropped the object can continue, at most one second.
    Linger,
    /// Sleeps for 200 ms.
    Nap,
    /// Panics.
    Panic,
    /// Returns an error.
    Fail,
    /// Waits for a task of the runtime that the object was made in.
    Ask,
    /// Never ends.
    Never,
    /// Counts.
    Count,
}

/// What a panic or an error says: a report has to have it.
pub(super) const REASON: &str = "the disk is full";

/// What [`Work::Fail`] ends with.
#[derive(Debug)]
pub(super) struct Trouble;

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REASON)
    }
}

impl std::error::Error for Trouble {}

impl Work {
    /// The close.
    pub(super) async fn run(self) -> Result<(), Trouble> {
        match self {
            Work::Nothing => return Ok(()),
            Work::Count => {
                events::finish();
                return Ok(());
            }
            _ => say(BEGUN),
        }
        match self {
            Work::Linger => events::linger().await,
            Work::Nap => sleep(Duration::from_millis(200)).await,
            Work::Ask => events::ask().await,
            Work::Never => pending().await,
            Work::Panic | Work::Fail => return self.go_wrong(),
            Work::Nothing | Work::Count => {}
        }
        say(ENDED);
        events::finish();
        Ok(())
    }

    fn go_wrong(self) -> Result<(), Trouble> {
        say(FAILED);
        events::finish();
        assert!(self != Work::Panic, "{REASON}");
        Err(Trouble)
    }
}
