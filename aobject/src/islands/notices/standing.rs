//! Starts and closes that have begun and not ended, and fields that wait for others.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;
use std::time::{Duration, Instant};

use crate::ground::error::Phase;
use crate::ground::events::{Event, EventKind, Id};
use crate::ground::rounded::Rounded;
use crate::ground::stall::Stall;

/// Of a long list, those that are named.
const FEW: usize = 8;

/// Ids are given in the order in which things begin.
#[derive(Default)]
pub(super) struct Standings(BTreeMap<Id, Standing>);

pub(super) struct Standing {
    parent: Option<Id>,
    pub(super) path: String,
    phase: Phase,
    /// Of a field that has not begun.
    waits_on: Option<Vec<&'static str>>,
    pub(super) since: Instant,
    /// A part of it has begun.
    pub(super) has_parts: bool,
    /// Of one that is part of no other.
    stall: Stall,
}

pub(super) enum Change {
    Started { is_part: bool },
    Ended(Standing),
    Other,
}

impl Standings {
    pub(super) fn record(&mut self, event: &Event<'_>, now: Instant) -> Change {
        let change = match event.kind() {
            EventKind::Waiting { on } => {
                self.add(event, Some(on.to_vec()), now);
                Change::Other
            }
            EventKind::Started => {
                let parent = event.parent().and_then(|parent| self.0.get_mut(&parent));
                let is_part = parent.map(|parent| parent.has_parts = true).is_some();
                self.add(event, None, now);
                Change::Started { is_part }
            }
            EventKind::Failed { .. } | EventKind::Cancelled => {
                // Its fields that wait never begin.
                let of_it = Some(event.id());
                self.0
                    .retain(|_, part| part.parent != of_it || part.waits_on.is_none());
                self.end(event.id())
            }
            EventKind::Ready | EventKind::Closed | EventKind::Lost => self.end(event.id()),
            // Another attempt is no progress.
            _ => return Change::Other,
        };
        if let Some(top) = self.top(event.id()).or_else(|| self.top(event.parent()?))
            && let Some(top) = self.0.get_mut(&top)
        {
            top.stall = Stall::new(now);
        }
        change
    }

    fn add(&mut self, event: &Event<'_>, waits_on: Option<Vec<&'static str>>, now: Instant) {
        let standing = Standing {
            parent: event.parent(),
            path: event.path().to_owned(),
            phase: event.phase(),
            waits_on,
            since: now,
            has_parts: false,
            stall: Stall::new(now),
        };
        self.0.insert(event.id(), standing);
    }

    fn end(&mut self, id: Id) -> Change {
        self.0.remove(&id).map_or(Change::Other, Change::Ended)
    }

    /// What it is a part of in the end, itself perhaps; `None` if it does not stand.
    fn top(&self, id: Id) -> Option<Id> {
        let mut top = self.0.get_key_value(&id)?;
        while let Some(holder) = top
            .1
            .parent
            .and_then(|parent| self.0.get_key_value(&parent))
        {
            top = holder;
        }
        Some(*top.0)
    }

    /// The notices that are due, and when the next one is.
    pub(super) fn look(&mut self, after: Duration, now: Instant) -> (Vec<String>, Option<Instant>) {
        let tops: Vec<_> = self
            .0
            .keys()
            .copied()
            .filter(|id| self.top(*id) == Some(*id))
            .collect();
        let (mut due, mut next) = (Vec::new(), None);
        for id in tops {
            let Some(top) = self.0.get_mut(&id) else {
                continue;
            };
            let is_due = top.stall.take_due(after, now);
            next = next.into_iter().chain(top.stall.due(after)).min();
            if is_due {
                due.push(self.notice(id, now));
            }
        }
        (due, next)
    }

    fn notice(&self, top: Id, now: Instant) -> String {
        let Standing {
            path, phase, since, ..
        } = &self.0[&top];
        let state = match phase {
            Phase::Init => "starting",
            Phase::Close => "closing",
        };
        let since = Rounded(now.saturating_duration_since(*since));
        let mut line = format!("{path} {state} for {since}");
        self.write_parts(&mut line, Some(top), now);
        line
    }

    /// The innermost that are in flight, and the fields that wait; of all, or of one.
    pub(super) fn write_parts(&self, line: &mut String, of: Option<Id>, now: Instant) {
        let holders = self.holders();
        let paths: HashSet<_> = self.0.values().map(|part| &*part.path).collect();
        let (mut in_flight, mut waiting) = (Vec::new(), Vec::new());
        for (id, part) in &self.0 {
            let is_meant = of.is_none_or(|of| *id != of && self.top(*id) == Some(of));
            if !is_meant || holders.contains(id) {
                continue;
            }
            let path = &*part.path;
            if let Some(on) = &part.waits_on {
                let object = path.rsplit_once('.').map_or("", |(object, _)| object);
                let stands = |name: &&&str| paths.contains(&*format!("{object}.{name}"));
                let on: Vec<_> = on.iter().filter(stands).copied().collect();
                waiting.push(format!("{path} on {}", on.join(", ")));
            } else {
                let since = Rounded(now.saturating_duration_since(part.since));
                in_flight.push(format!("{path} ({since})"));
            }
        }
        write_list(line, ": in flight ", &in_flight);
        let begin = if in_flight.is_empty() { ": " } else { "; " };
        write_list(line, &format!("{begin}waiting "), &waiting);
    }

    /// Those of which a part is in flight.
    fn holders(&self) -> HashSet<Id> {
        let in_flight = self.0.values().filter(|part| part.waits_on.is_none());
        in_flight.filter_map(|part| part.parent).collect()
    }

    /// The paths of the innermost closes.
    pub(super) fn closing(&self) -> Vec<String> {
        let holders = self.holders();
        let closing = self
            .0
            .iter()
            .filter(|(id, standing)| standing.phase == Phase::Close && !holders.contains(*id));
        closing.map(|(_, closing)| closing.path.clone()).collect()
    }
}

fn write_list(line: &mut String, begin: &str, list: &[String]) {
    if list.is_empty() {
        return;
    }
    line.push_str(begin);
    line.push_str(&list[..list.len().min(FEW)].join(", "));
    if list.len() > FEW {
        // Writing to a `String` does not fail.
        let _ = write!(line, " and {} more", list.len() - FEW);
    }
}
