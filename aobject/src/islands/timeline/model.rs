//! The rows that events fill: a tree for each root.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use crate::ground::error::{Error, ErrorKind, Phase};
use crate::ground::events::{Event, EventKind, Id};

/// How many roots are kept once they have ended.
const KEPT_ROOTS: usize = 256;

#[derive(Default)]
pub(super) struct Model {
    /// In order of their first event.
    roots: BTreeMap<u64, Root>,
    rows: HashMap<Id, (u64, usize)>,
    /// Oldest first.
    ended: VecDeque<u64>,
    next_root: u64,
}

/// An object that is part of no other, and everything in it.
#[derive(Default)]
pub(super) struct Root {
    /// The first is the root's own; a part stands behind its holder.
    pub(super) rows: Vec<Row>,
    ids: Vec<Id>,
    /// Acts that have not ended.
    running: usize,
    has_ended: bool,
}

/// A field, with the object in it; or an object elsewhere, a member, a task.
#[derive(Default)]
pub(super) struct Row {
    /// Within its holder.
    pub(super) name: String,
    pub(super) path: String,
    pub(super) object: Option<&'static str>,
    pub(super) depth: usize,
    holder: Option<usize>,
    pub(super) parts: Vec<usize>,
    pub(super) needs: Vec<&'static str>,
    pub(super) waits_since: Option<Instant>,
    pub(super) init: Option<Act>,
    pub(super) failed_attempts: u32,
    pub(super) rolled_back: Option<Instant>,
    pub(super) close_waits_since: Option<Instant>,
    pub(super) close: Option<Act>,
    pub(super) in_background: bool,
}

/// An init or a close.
pub(super) struct Act {
    pub(super) since: Instant,
    pub(super) until: Option<Instant>,
    pub(super) outcome: Outcome,
    /// A field and the object in it share a row.
    running: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Running,
    Well,
    Cancelled,
    Failed(String),
    Lost,
}

impl Model {
    pub(super) fn roots(&self) -> impl DoubleEndedIterator<Item = &Root> {
        self.roots.values()
    }

    #[cfg(test)]
    pub(super) fn count_ids(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn record(&mut self, event: &Event<'_>) {
        let (key, at) = self.place(event);
        let Some(root) = self.roots.get_mut(&key) else {
            return;
        };
        root.record(at, event);
        let has_ended = root.running == 0 && root.rows[0].has_ended();
        if has_ended && !root.has_ended {
            self.ended.push_back(key);
        } else if !has_ended && root.has_ended {
            self.ended.retain(|ended| *ended != key);
        }
        root.has_ended = has_ended;
        if self.ended.len() > KEPT_ROOTS
            && let Some(root) = self
                .ended
                .pop_front()
                .and_then(|oldest| self.roots.remove(&oldest))
        {
            for id in root.ids {
                self.rows.remove(&id);
            }
        }
    }

    /// The row of an event, added at its first one.
    fn place(&mut self, event: &Event<'_>) -> (u64, usize) {
        if let Some(place) = self.rows.get(&event.id) {
            return *place;
        }
        let holder = event
            .parent
            .and_then(|parent| self.rows.get(&parent).copied());
        let key = holder.map_or(self.next_root, |(key, _)| key);
        if holder.is_none() {
            self.next_root += 1;
        }
        let root = self.roots.entry(key).or_default();
        let at = root.place(holder.map(|(_, at)| at), event);
        root.ids.push(event.id);
        self.rows.insert(event.id, (key, at));
        (key, at)
    }
}

impl Root {
    /// Nothing of it is left.
    pub(super) fn is_over(&self) -> bool {
        self.has_ended
    }

    fn place(&mut self, holder: Option<usize>, event: &Event<'_>) -> usize {
        let Some(holder) = holder else {
            return self.add(None, event);
        };
        let row = &mut self.rows[holder];
        if row.path == event.path && event.object.is_some() && row.object.is_none() {
            row.object = event.object;
            return holder;
        }
        self.add(Some(holder), event)
    }

    fn add(&mut self, holder: Option<usize>, event: &Event<'_>) -> usize {
        let at = self.rows.len();
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
        self.rows.push(row);
        at
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

    fn record(&mut self, at: usize, event: &Event<'_>) {
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
        row.act_mut(event.phase)
            .get_or_insert_with(|| Act::since(now))
            .end(now, outcome);
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
        let mut parts = self.rows[at].parts.iter();
        parts.any(|part| self.rows[*part].act(phase).is_some_and(Act::has_failed))
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

impl Row {
    pub(super) fn act(&self, phase: Phase) -> Option<&Act> {
        match phase {
            Phase::Init => self.init.as_ref(),
            Phase::Close => self.close.as_ref(),
        }
    }

    fn act_mut(&mut self, phase: Phase) -> &mut Option<Act> {
        match phase {
            Phase::Init => &mut self.init,
            Phase::Close => &mut self.close,
        }
    }

    /// What never started comes last.
    fn rank(&self) -> (bool, Option<Instant>) {
        let since = self.init.as_ref().map(|init| init.since);
        (since.is_none() && self.waits_since.is_some(), since)
    }

    pub(super) fn waits_since(&self, phase: Phase) -> Option<Instant> {
        match phase {
            Phase::Init => self.waits_since,
            Phase::Close => self.close_waits_since,
        }
    }

    /// Nothing follows for an object of which nothing is left.
    pub(super) fn has_ended(&self) -> bool {
        let is_over = |act: &Act| act.until.is_some();
        let never_lived = |act: &Act| is_over(act) && act.outcome != Outcome::Well;
        self.close.as_ref().is_some_and(is_over) || self.init.as_ref().is_some_and(never_lived)
    }

    fn moments(&self, now: Instant) -> impl Iterator<Item = Instant> {
        let acts = self.init.iter().chain(&self.close);
        let acts = acts.flat_map(move |act| [act.since, act.until_or(now)]);
        let others = [self.waits_since, self.rolled_back, self.close_waits_since];
        acts.chain(others.into_iter().flatten())
    }
}

impl Act {
    fn since(since: Instant) -> Self {
        Self {
            since,
            until: None,
            outcome: Outcome::Running,
            running: 0,
        }
    }

    fn start(&mut self) {
        self.running += 1;
        self.until = None;
        self.outcome = Outcome::Running;
    }

    fn end(&mut self, now: Instant, outcome: Outcome) {
        self.running = self.running.saturating_sub(1);
        if self.running > 0 {
            return;
        }
        self.until = Some(now);
        self.outcome = outcome;
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

/// `disk is full`, without the path that the row has.
fn cause_of(error: &Error) -> String {
    let causes = error.causes().to_string();
    match causes.strip_prefix(": ") {
        Some(causes) if error.kind() == ErrorKind::Failed => causes.to_owned(),
        _ => format!("{}{causes}", error.kind()),
    }
}
