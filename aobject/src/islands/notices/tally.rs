//! What became of the objects that a stop closes.

use std::fmt;
use std::time::{Duration, Instant};

use crate::ground::error::Phase;
use crate::ground::events::{Event, EventKind};
use crate::ground::rounded::Rounded;
use crate::islands::notices::standing::Standing;

#[derive(Default)]
pub(super) struct Tally {
    closed: usize,
    failed: usize,
    lost: usize,
    /// Not one that merely waited for its parts.
    slowest: Option<(Duration, String)>,
}

impl Tally {
    pub(super) fn add(&mut self, event: &Event<'_>, ended: &Standing, now: Instant) {
        if event.phase() != Phase::Close {
            return;
        }
        if event.object().is_some() {
            match event.kind() {
                EventKind::Closed => self.closed += 1,
                EventKind::Failed { .. } => self.failed += 1,
                EventKind::Lost => self.lost += 1,
                _ => {}
            }
        }
        let took = now.saturating_duration_since(ended.since);
        let is_slower = |(slowest, _): &(Duration, String)| *slowest < took;
        if !ended.has_parts && self.slowest.as_ref().is_none_or(is_slower) {
            self.slowest = Some((took, ended.path.clone()));
        }
    }
}

/// `12 closed, 1 failed; slowest App.store (1.2 s)`.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} closed", self.closed)?;
        for (number, what) in [(self.failed, "failed"), (self.lost, "lost")] {
            if number > 0 {
                write!(f, ", {number} {what}")?;
            }
        }
        match &self.slowest {
            Some((took, path)) => write!(f, "; slowest {path} ({})", Rounded(*took)),
            None => Ok(()),
        }
    }
}
