//! What is alive, and what it is doing.

use std::fmt;

use tokio::time::Instant;

use crate::ground::error::Phase;
use crate::islands::timeline::duration::Short;
use crate::islands::timeline::model::Model;
use crate::islands::timeline::row::{Act, Outcome, Row};

/// A row of a [`Timeline`](crate::timeline::Timeline) that has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    path: String,
    state: State,
    since: Instant,
}

/// The present state of a [`Standing`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// A field waits for others.
    Waiting,
    /// The init runs.
    Starting,
    /// It lives.
    Ready,
    /// The close runs, a rollback's included.
    Closing,
}

impl Standing {
    /// From the root down.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The present state.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// The begin of that state, by tokio's clock.
    #[must_use]
    pub fn since(&self) -> Instant {
        self.since
    }
}

/// `App.store.pool starting for 12.0 s`.
impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, state, since } = self;
        write!(f, "{path} {state} for {}", Short(since.elapsed()))
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Waiting => "waiting",
            Self::Starting => "starting",
            Self::Ready => "ready",
            Self::Closing => "closing",
        })
    }
}

/// In the order of the table.
pub(super) fn of(model: &Model) -> Vec<Standing> {
    let standing = |row: &Row| {
        let (state, since) = state(row)?;
        let path = row.path.clone();
        Some(Standing { path, state, since })
    };
    let mut standings = Vec::new();
    for root in model.roots().filter(|root| !root.is_over()) {
        let rows = root.in_order().into_iter().map(|at| &root.rows[at]);
        standings.extend(rows.filter_map(standing));
    }
    standings
}

fn state(row: &Row) -> Option<(State, Instant)> {
    match (&row.init, &row.close) {
        (_, Some(Act { until: Some(_), .. })) => None,
        (_, Some(close)) => Some((State::Closing, close.since)),
        (
            Some(Act {
                since, until: None, ..
            }),
            _,
        ) => Some((State::Starting, *since)),
        (Some(init), _) if init.outcome != Outcome::Well => None,
        (Some(init), _) => init.until.map(|until| (State::Ready, until)),
        (None, _) => row
            .waits_since(Phase::Init)
            .map(|since| (State::Waiting, since)),
    }
}
