//! What events fill: a tree of rows for each root, and how much of what has ended is kept.

use std::collections::{BTreeMap, HashMap, VecDeque};

use crate::ground::events::{Event, Id};
use crate::islands::timeline::root::Root;

/// How many roots are kept once they have ended.
const KEPT_ROOTS: usize = 256;
/// How many parts are kept that ended although their holders live on.
pub(super) const KEPT_PARTS: usize = 256;

/// A root, and a row of it.
type Place = (u64, usize);

#[derive(Default)]
pub(super) struct Model {
    /// In order of their first event.
    roots: BTreeMap<u64, Root>,
    rows: HashMap<Id, Place>,
    /// Oldest first.
    ended_roots: VecDeque<u64>,
    /// Oldest first. Those of a root that is gone stay until their turn.
    ended_parts: VecDeque<Place>,
    next_root: u64,
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
        let was_over = root.is_over();
        root.record(at, event);
        match (was_over, root.is_over()) {
            (false, true) => self.ended_roots.push_back(key),
            (true, false) => self.ended_roots.retain(|ended| *ended != key),
            _ => {}
        }
        let ended_part = root.take_ended_part(at);
        self.ended_parts
            .extend(ended_part.map(|ended| (key, ended)));
        self.forget();
    }

    /// The row of an event, added at its first one.
    fn place(&mut self, event: &Event<'_>) -> Place {
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
        self.rows.insert(event.id, (key, at));
        (key, at)
    }

    /// Forgets the oldest of what has ended, where there is more than is kept.
    fn forget(&mut self) {
        let mut ids = Vec::new();
        if self.ended_roots.len() > KEPT_ROOTS
            && let Some(oldest) = self.ended_roots.pop_front()
            && let Some(root) = self.roots.remove(&oldest)
        {
            ids = root.into_ids();
        }
        if self.ended_parts.len() > KEPT_PARTS
            && let Some((key, at)) = self.ended_parts.pop_front()
            && let Some(root) = self.roots.get_mut(&key)
            // What has ended is kept as a whole.
            && !root.is_over()
        {
            ids.append(&mut root.remove(at));
        }
        for id in ids {
            self.rows.remove(&id);
        }
    }
}
