//! A tree of rows.

use std::iter;
use std::mem;
use std::time::Duration;

use tokio::time::Instant;

use crate::ground::error::{Error, ErrorKind, Phase};
use crate::ground::events::{Event, EventKind, Id};
use crate::islands::timeline::row::{Act, Outcome, Row};

/// An object that is part of no other, and everything in it.
#[derive(Default)]
pub(super) struct Root {
    /// The first is the root's own; a part stands behind its holder.
    pub(super) rows: Vec<Row>,
    /// Rows that were removed, to be used again.
    free: Vec<usize>,
    /// Acts that have not ended.
    running: usize,
}

impl Root {
    /// Nothing of it is left.
    pub(super) fn is_over(&self) -> bool {
        self.running == 0 && self.rows.first().is_some_and(Row::has_ended)
    }

    pub(super) fn into_ids(self) -> Vec<Id> {
        self.rows.into_iter().flat_map(|row| row.ids).collect()
    }

    /// The row of an object or field whose first event this is.
    pub(super) fn place(&mut self, holder: Option<usize>, event: &Event<'_>) -> usize {
        let at = match holder {
            Some(holder) if self.rows[holder].is_field_of(event) => {
                self.rows[holder].object = event.object;
                holder
            }
            _ => self.add(holder, event),
        };
        self.rows[at].ids.push(event.id);
        at
    }

    fn add(&mut self, holder: Option<usize>, event: &Event<'_>) -> usize {
        let at = self.free.pop().unwrap_or(self.rows.len());
        let mut row = Row {
            name: event.path.to_owned(),
            path: event.path.to_owned(),
            object: event.object,
            holder,
            ..Row::default()
        };
        if let Some(holder) = holder {
            let holder = &mut self.rows[holder];
            holder.parts.push(at);
            row.depth = holder.depth + 1;
            let name = event.path.strip_prefix(&holder.path).unwrap_or(event.path);
            let name = match name.strip_prefix('.').unwrap_or(name) {
                // A second object in one field.
                "" => event.object.unwrap_or_default(),
                name => name,
            };
            name.clone_into(&mut row.name);
        }
        match self.rows.get_mut(at) {
            Some(free) => *free = row,
            None => self.rows.push(row),
        }
        at
    }

    /// If this event ended a part whose holders neither start nor close: marks the part as queued, and returns it.
    pub(super) fn take_ended_part(&mut self, at: usize) -> Option<usize> {
        let mut part = None;
        let mut below = at;
        for holder in self.holders(at) {
            match (part, self.rows[holder].is_at_rest()) {
                (None, true) => part = Some(below),
                (Some(_), false) => return None,
                _ => {}
            }
            below = holder;
        }
        let part = part.filter(|part| !self.rows[*part].is_queued && self.has_ended(*part))?;
        self.rows[part].is_queued = true;
        Some(part)
    }

    /// The row, with everything in it. A field without a close of its own ends with its holder.
    fn has_ended(&self, at: usize) -> bool {
        self.rows[at].has_ended() && self.is_idle(at)
    }

    fn is_idle(&self, at: usize) -> bool {
        let row = &self.rows[at];
        !row.is_running() && row.parts.iter().all(|part| self.is_idle(*part))
    }

    /// From its own one up to the root.
    pub(super) fn holders(&self, at: usize) -> impl Iterator<Item = usize> {
        iter::successors(self.rows[at].holder, |holder| self.rows[*holder].holder)
    }

    /// Removes a part that has ended; yields the ids that were in it.
    pub(super) fn remove(&mut self, at: usize) -> Vec<Id> {
        // The part may have begun again, or its row may belong to another one.
        if !mem::take(&mut self.rows[at].is_queued) || !self.has_ended(at) {
            return Vec::new();
        }
        if let Some(holder) = self.rows[at].holder {
            self.rows[holder].parts.retain(|part| *part != at);
        }
        let mut ids = Vec::new();
        let mut next = vec![at];
        while let Some(at) = next.pop() {
            let mut row = mem::take(&mut self.rows[at]);
            ids.append(&mut row.ids);
            next.append(&mut row.parts);
            self.free.push(at);
        }
        ids
    }

    /// A field that others use is closed after them.
    fn waited_for_users(&self, at: usize, event: &Event<'_>) -> Option<Instant> {
        let row = &self.rows[at];
        let holder = &self.rows[row.holder?];
        let since = holder.close.as_ref()?.since;
        let uses_it = |user: &usize| self.rows[*user].needs.contains(&row.name.as_str());
        let is_late = event.object.is_none() && since < event.at && row.close.is_none();
        (is_late && holder.parts.iter().any(uses_it)).then_some(since)
    }

    pub(super) fn record(&mut self, at: usize, event: &Event<'_>) {
        if let (Phase::Close, EventKind::Started) = (event.phase, event.kind) {
            let since = self.waited_for_users(at, event);
            self.rows[at].close_waits_since = self.rows[at].close_waits_since.or(since);
        }
        let row = &mut self.rows[at];
        let now = event.at;
        let outcome = match event.kind {
            EventKind::Waiting { on } => {
                match event.phase {
                    Phase::Init => row.waits_since = Some(now),
                    Phase::Close => row.close_waits_since = Some(now),
                }
                if event.phase == Phase::Init {
                    row.needs = on.to_vec();
                }
                return;
            }
            EventKind::Started => {
                self.running += 1;
                return row
                    .act_mut(event.phase)
                    .get_or_insert_with(|| Act::since(now))
                    .start();
            }
            EventKind::Retrying { attempt, .. } => {
                row.failed_attempts = attempt;
                return;
            }
            EventKind::RolledBack => {
                row.rolled_back = Some(now);
                return;
            }
            EventKind::Background => {
                row.in_background = true;
                return;
            }
            EventKind::Ready | EventKind::Closed => Outcome::Well,
            EventKind::Cancelled => Outcome::Cancelled,
            EventKind::Lost => Outcome::Lost,
            EventKind::Failed { error } => Outcome::Failed(cause_of(error)),
        };
        self.running = self.running.saturating_sub(1);
        let is_field = event.object.is_none();
        row.act_mut(event.phase)
            .get_or_insert_with(|| Act::since(now))
            .end(now, outcome, is_field);
    }

    /// Rows in the order of a table: parts in the order in which they started.
    pub(super) fn in_order(&self) -> Vec<usize> {
        let mut order = Vec::with_capacity(self.rows.len());
        let mut next = vec![0];
        while let Some(at) = next.pop() {
            order.push(at);
            let mut parts = self.rows[at].parts.clone();
            parts.sort_by_key(|part| std::cmp::Reverse(self.rows[*part].rank()));
            // Those with one rank as they came: they are taken from the end.
            next.extend(
                parts
                    .chunk_by(|a, b| self.rows[*a].rank() == self.rows[*b].rank())
                    .flat_map(|same| same.iter().rev()),
            );
        }
        order
    }

    /// Another row's failure explains that of this one.
    pub(super) fn fails_by_a_part(&self, at: usize, phase: Phase) -> bool {
        self.failed_part(at, phase).is_some()
    }

    /// The part whose failure explains that of its holder: the first one that failed meanwhile.
    fn failed_part(&self, at: usize, phase: Phase) -> Option<usize> {
        let holder = self.rows[at].act(phase);
        let failed = |part: &usize| {
            let act = self.rows[*part].act(phase).filter(|act| act.has_failed())?;
            let is_meanwhile = holder.is_none_or(|holder| holder.contains_the_end_of(act));
            is_meanwhile.then_some((act.until, *part))
        };
        let failed = self.rows[at].parts.iter().filter_map(failed).min();
        failed.map(|(_, part)| part)
    }

    /// The innermost row whose failure explains that of the root.
    pub(super) fn culprit(&self, phase: Phase) -> usize {
        let below = |at: &usize| self.failed_part(*at, phase);
        iter::successors(Some(0), below).last().unwrap_or(0)
    }

    /// The time that no part of it covers.
    pub(super) fn own_time(&self, at: usize, phase: Phase, now: Instant) -> Duration {
        let Some(act) = self.rows[at].act(phase) else {
            return Duration::ZERO;
        };
        let (since, until) = (act.since, act.until_or(now));
        let acts = self.rows[at]
            .parts
            .iter()
            .filter_map(|part| self.rows[*part].act(phase));
        let mut covered: Vec<_> = acts.map(|act| (act.since, act.until_or(now))).collect();
        covered.sort_unstable();
        let (mut own, mut at) = (Duration::ZERO, since);
        for (from, to) in covered {
            own += from.min(until).saturating_duration_since(at);
            at = at.max(to);
        }
        own + until.saturating_duration_since(at)
    }

    /// The first and the last moment of it.
    pub(super) fn span(&self, now: Instant) -> Option<(Instant, Instant)> {
        let moments = || self.rows.iter().flat_map(|row| row.moments(now));
        Some((moments().min()?, moments().max()?))
    }
}

/// `disk is full`, without the path that the row has.
fn cause_of(error: &Error) -> String {
    let causes = error.causes().to_string();
    match causes.strip_prefix(": ") {
        Some(causes) if error.kind() == ErrorKind::Failed => causes.to_owned(),
        _ => format!("{}{causes}", error.kind()),
    }
}
