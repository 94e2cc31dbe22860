//! What a program says of starts, closes and stops that make no progress, and of its stop at the end.
//!
//! An observer feeds it. A program of many short-lived objects is not observed for long: [`Notices::record`] says when to
//! end that.

use std::fmt::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::ground::events::Event;
use crate::ground::rounded::Rounded;
use crate::ground::stall::Stall;

use budget::Budget;
use standing::{Change, Standings};
use tally::Tally;

mod budget;
mod standing;
mod tally;

pub(crate) struct Notices {
    /// Zero: never.
    after: Duration,
    state: Mutex<State>,
}

struct State {
    standings: Standings,
    budget: Budget,
    stop: Option<Stop>,
}

/// Of a program that stops.
struct Stop {
    since: Instant,
    stall: Stall,
    tally: Tally,
    body_has_ended: bool,
}

impl Notices {
    pub(crate) fn new(after: Duration) -> Self {
        let state = State {
            standings: Standings::default(),
            budget: Budget::new(Instant::now()),
            stop: None,
        };
        Self {
            after,
            state: Mutex::new(state),
        }
    }

    /// The time without progress after which a notice is due; `None`: never.
    pub(crate) fn after(&self) -> Option<Duration> {
        (!self.after.is_zero()).then_some(self.after)
    }

    /// False if observing costs too much from here on: what stands is forgotten then. A stop is observed in any case.
    pub(crate) fn record(&self, event: &Event<'_>) -> bool {
        let now = Instant::now();
        let mut state = self.lock();
        let change = state.standings.record(event, now);
        if let Some(stop) = &mut state.stop {
            stop.stall = Stall::new(now);
            if let Change::Ended(ended) = &change {
                stop.tally.add(event, ended, now);
            }
            return true;
        }
        let cost = match change {
            Change::Started { is_part: true } => budget::PART,
            Change::Started { is_part: false } => budget::ROOT,
            Change::Ended(_) | Change::Other => return true,
        };
        let is_affordable = state.budget.spend(cost, now);
        if !is_affordable {
            state.standings = Standings::default();
        }
        is_affordable
    }

    pub(crate) fn are_of_a_stop(&self) -> bool {
        self.lock().stop.is_some()
    }

    /// From now on, one notice is of the whole stop.
    pub(crate) fn stop_begins(&self) {
        let now = Instant::now();
        self.lock().stop.get_or_insert_with(|| Stop {
            since: now,
            stall: Stall::new(now),
            tally: Tally::default(),
            body_has_ended: false,
        });
    }

    pub(crate) fn body_has_ended(&self) {
        if let Some(stop) = &mut self.lock().stop {
            stop.body_has_ended = true;
            stop.stall = Stall::new(Instant::now());
        }
    }

    /// The notices that are due, and when to look again.
    pub(crate) fn look(&self, after: Duration, now: Instant) -> (Vec<String>, Option<Instant>) {
        let State {
            standings, stop, ..
        } = &mut *self.lock();
        let Some(stop) = stop else {
            let (due, next) = standings.look(after, now);
            // What begins later has its notice no earlier than that.
            return (due, next.into_iter().chain(now.checked_add(after)).min());
        };
        let is_due = stop.stall.take_due(after, now);
        let notice = || {
            let since = Rounded(now.saturating_duration_since(stop.since));
            let mut line = format!("program stopping for {since}");
            standings.write_parts(&mut line, None, now);
            if !stop.body_has_ended {
                line.push_str(if line.contains(':') { "; its" } else { ": its" });
                line.push_str(" body has not ended");
            }
            line
        };
        let due = is_due.then(notice).into_iter().collect();
        (due, stop.stall.due(after))
    }

    /// The paths of closes that have begun and not ended, and that wait for no other.
    pub(crate) fn closing(&self) -> Vec<String> {
        self.lock().standings.closing()
    }

    /// How long the stop took, and what became of the objects.
    pub(crate) fn stopped(&self, cause: &str) -> String {
        let mut line = cause.to_owned();
        if let Some(stop) = &self.lock().stop {
            // Writing to a `String` does not fail.
            let _ = write!(
                line,
                " in {}: {}",
                Rounded(stop.since.elapsed()),
                stop.tally
            );
        }
        line
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing of the user's runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
