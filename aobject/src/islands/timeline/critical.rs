//! The chain of what had to end one after the other.

use std::fmt;
use std::time::Duration;

use tokio::time::Instant;

use crate::ground::error::Phase;
use crate::islands::timeline::duration::Short;
use crate::islands::timeline::root::Root;
use crate::islands::timeline::row::Act;

/// A part of a critical chain: for this long, everything else waited for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    path: String,
    at: Duration,
    took: Duration,
    between_parts: bool,
}

impl Step {
    /// From the root down.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Its start, counted from that of the root.
    #[must_use]
    pub fn at(&self) -> Duration {
        self.at
    }

    /// Its share of the whole.
    #[must_use]
    pub fn took(&self) -> Duration {
        self.took
    }

    /// Whether the object itself took the time, while none of its parts was at work.
    #[must_use]
    pub fn is_between_parts(&self) -> bool {
        self.between_parts
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, took, .. } = self;
        write!(f, "{path} {}", Short(*took))?;
        f.write_str(if self.between_parts {
            " (between its parts)"
        } else {
            ""
        })
    }
}

/// A piece of the chain, by row.
pub(super) struct Link {
    pub(super) row: usize,
    pub(super) since: Instant,
    pub(super) until: Instant,
    between_parts: bool,
}

pub(super) fn steps(root: &Root, phase: Phase, now: Instant) -> Vec<Step> {
    let links = links(root, phase, now);
    let start = links.first().map(|link| link.since);
    let step = |link: &Link| Step {
        path: root.rows[link.row].path.clone(),
        at: start.map_or(Duration::ZERO, |start| {
            link.since.saturating_duration_since(start)
        }),
        took: link.until.saturating_duration_since(link.since),
        between_parts: link.between_parts,
    };
    links.iter().map(step).collect()
}

/// In order of time; none for an act that took no time.
pub(super) fn links(root: &Root, phase: Phase, now: Instant) -> Vec<Link> {
    let mut links = Vec::new();
    if root
        .rows
        .first()
        .is_some_and(|row| row.act(phase).is_some())
    {
        let search = Search { root, phase, now };
        search.add(0, &mut links);
        links.reverse();
    }
    links
}

struct Search<'a> {
    root: &'a Root,
    phase: Phase,
    now: Instant,
}

impl Search<'_> {
    /// From its end backwards: the part that ended last; before it, of those that it waited for, the one that ended
    /// last; and so on. Time that no part covers is the row's own.
    fn add(&self, row: usize, links: &mut Vec<Link>) {
        let Some(act) = self.act(row) else {
            return;
        };
        let (since, mut before) = (act.since, act.until_or(self.now));
        let own = |from: Instant, until: Instant, links: &mut Vec<Link>, between_parts| {
            if from < until {
                links.push(Link {
                    row,
                    since: from,
                    until,
                    between_parts,
                });
            }
        };
        let parts = self.latest_first(row, since);
        let is_graph = parts
            .iter()
            .any(|part| !self.root.rows[*part].needs.is_empty());
        let mut next = self
            .culprit(row, &parts)
            .or_else(|| self.last_of(&parts, before));
        while let Some(part) = next {
            let Some((from, until)) = self.time(part) else {
                break;
            };
            own(until, before, links, true);
            self.add(part, links);
            before = from.max(since);
            let needed = if is_graph {
                self.needed_by(part, &parts)
            } else {
                Vec::new()
            };
            next = self
                .last_of(&needed, before)
                .or_else(|| self.last_of(&parts, before));
        }
        own(since, before, links, !parts.is_empty());
    }

    fn act(&self, row: usize) -> Option<&Act> {
        self.root.rows[row].act(self.phase)
    }

    fn time(&self, row: usize) -> Option<(Instant, Instant)> {
        self.act(row).map(|act| (act.since, act.until_or(self.now)))
    }

    /// The parts that took any time from `since` on. A part can have closed before its holder began to: a task that
    /// ended during the start.
    fn latest_first(&self, row: usize, since: Instant) -> Vec<usize> {
        let took_time = |part: &usize| {
            let time = self.time(*part);
            time.is_some_and(|(from, until)| from < until && since < until)
        };
        let parts = self.root.rows[row].parts.iter().copied();
        let mut parts: Vec<usize> = parts.filter(took_time).collect();
        parts.sort_by_key(|part| std::cmp::Reverse(self.time(*part).map(|(_, until)| until)));
        parts
    }

    /// The part whose failure ended a row: its siblings were given up then, and may have ended after it.
    fn culprit(&self, row: usize, parts: &[usize]) -> Option<usize> {
        if self.phase == Phase::Close || !self.act(row)?.has_failed() {
            return None;
        }
        let failed = |part: &&usize| self.act(**part).is_some_and(Act::has_failed);
        parts
            .iter()
            .filter(failed)
            .min_by_key(|part| self.time(**part).map(|(_, until)| until))
            .copied()
    }

    fn last_of(&self, latest_first: &[usize], before: Instant) -> Option<usize> {
        let is_over = |part: &usize| self.time(*part).is_some_and(|(_, until)| until <= before);
        let first = latest_first.partition_point(|part| !is_over(part));
        latest_first.get(first).copied()
    }

    /// Of the parts, those that one waited for: what it names, or for a close, what names it.
    fn needed_by(&self, part: usize, parts: &[usize]) -> Vec<usize> {
        let rows = &self.root.rows;
        let is_needed = |other: &&usize| {
            let (user, need) = match self.phase {
                Phase::Init => (&rows[part], &rows[**other]),
                Phase::Close => (&rows[**other], &rows[part]),
            };
            user.needs.iter().any(|name| *name == need.name)
        };
        parts.iter().filter(is_needed).copied().collect()
    }
}
