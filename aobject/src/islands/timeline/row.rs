//! A line of the table: one object or field, its init and its close.

use std::time::Duration;

use tokio::time::Instant;

use crate::ground::error::Phase;
use crate::ground::events::{Event, Id};

/// A field, with the object in it; or an object elsewhere, a member, a task.
#[derive(Default)]
pub(super) struct Row {
    /// Within its holder.
    pub(super) name: String,
    pub(super) path: String,
    pub(super) object: Option<&'static str>,
    pub(super) depth: usize,
    pub(super) holder: Option<usize>,
    pub(super) parts: Vec<usize>,
    pub(super) needs: Vec<&'static str>,
    pub(super) waits_since: Option<Instant>,
    pub(super) init: Option<Act>,
    pub(super) failed_attempts: u32,
    pub(super) rolled_back: Option<Instant>,
    pub(super) close_waits_since: Option<Instant>,
    pub(super) close: Option<Act>,
    pub(super) in_background: bool,
    /// Of the field, and of the object in it.
    pub(super) ids: Vec<Id>,
    /// It is among the ended parts of the model.
    pub(super) is_queued: bool,
}

/// An init or a close.
pub(super) struct Act {
    pub(super) since: Instant,
    pub(super) until: Option<Instant>,
    pub(super) outcome: Outcome,
    /// A field and the object in it share a row.
    running: usize,
    /// That of the field counts, if it has ended before its object.
    of_field: Option<Outcome>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Running,
    Well,
    Cancelled,
    Failed(String),
    Lost,
}

impl Row {
    pub(super) fn act(&self, phase: Phase) -> Option<&Act> {
        match phase {
            Phase::Init => self.init.as_ref(),
            Phase::Close => self.close.as_ref(),
        }
    }

    pub(super) fn act_mut(&mut self, phase: Phase) -> &mut Option<Act> {
        match phase {
            Phase::Init => &mut self.init,
            Phase::Close => &mut self.close,
        }
    }

    /// What never started comes last.
    pub(super) fn rank(&self) -> (bool, Option<Instant>) {
        let since = self.init.as_ref().map(|init| init.since);
        (since.is_none() && self.waits_since.is_some(), since)
    }

    pub(super) fn waits_since(&self, phase: Phase) -> Option<Instant> {
        match phase {
            Phase::Init => self.waits_since,
            Phase::Close => self.close_waits_since,
        }
    }

    /// The event is of the object in this field.
    pub(super) fn is_field_of(&self, event: &Event<'_>) -> bool {
        self.path == event.path && event.object.is_some() && self.object.is_none()
    }

    /// It has started, and does not close.
    pub(super) fn is_at_rest(&self) -> bool {
        let is_ready = |init: &Act| init.outcome == Outcome::Well;
        self.close.is_none() && self.init.as_ref().is_some_and(is_ready)
    }

    /// Its init ended without success, so that closes in it are a rollback.
    pub(super) fn is_undone(&self) -> bool {
        let failed = |init: &Act| init.until.is_some() && init.outcome != Outcome::Well;
        self.close.is_none() && self.init.as_ref().is_some_and(failed)
    }

    pub(super) fn is_running(&self) -> bool {
        self.init.iter().chain(&self.close).any(Act::is_running)
    }

    /// Nothing follows for an object of which nothing is left.
    pub(super) fn has_ended(&self) -> bool {
        let is_over = |act: &Act| act.until.is_some();
        let never_lived = |act: &Act| is_over(act) && act.outcome != Outcome::Well;
        self.close.as_ref().is_some_and(is_over) || self.init.as_ref().is_some_and(never_lived)
    }

    pub(super) fn moments(&self, now: Instant) -> impl Iterator<Item = Instant> {
        let acts = self.init.iter().chain(&self.close);
        let acts = acts.flat_map(move |act| [act.since, act.until_or(now)]);
        let others = [self.waits_since, self.rolled_back, self.close_waits_since];
        acts.chain(others.into_iter().flatten())
    }
}

impl Act {
    pub(super) fn since(since: Instant) -> Self {
        Self {
            since,
            until: None,
            outcome: Outcome::Running,
            running: 0,
            of_field: None,
        }
    }

    pub(super) fn start(&mut self) {
        self.running += 1;
        self.until = None;
        self.outcome = Outcome::Running;
    }

    pub(super) fn end(&mut self, now: Instant, outcome: Outcome, is_field: bool) {
        self.running = self.running.saturating_sub(1);
        if self.running == 0 {
            self.until = Some(now);
            self.outcome = self.of_field.take().unwrap_or(outcome);
        } else if is_field {
            self.of_field = Some(outcome);
        }
    }

    fn is_running(&self) -> bool {
        self.running > 0
    }

    /// Whether the other one ended while this one ran.
    pub(super) fn contains_the_end_of(&self, other: &Self) -> bool {
        let is_before = self.until.is_none_or(|until| other.until <= Some(until));
        is_before && other.until >= Some(self.since)
    }

    pub(super) fn until_or(&self, now: Instant) -> Instant {
        self.until.unwrap_or(now).max(self.since)
    }

    pub(super) fn took(&self, now: Instant) -> Duration {
        self.until_or(now).saturating_duration_since(self.since)
    }

    pub(super) fn has_failed(&self) -> bool {
        matches!(self.outcome, Outcome::Failed(_) | Outcome::Lost)
    }
}
