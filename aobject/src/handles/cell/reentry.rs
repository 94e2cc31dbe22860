//! Which cell waits for which, so that an init that would wait for itself is told so instead.
//!
//! A cell waits for another if its closure or its build, when called, polled or dropped, asks for that: who asks is
//! seen on the thread. Whose task it is in plays no part, so a cycle is seen also when the waiters of several cells
//! drive their builds. What a build only spawns is not seen.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::ground::error::Error;
use crate::kernel::callers::{self, Node};

/// For each cell, those it waits for, as often as it does.
static WAITS: Mutex<BTreeMap<usize, Vec<Node>>> = Mutex::new(BTreeMap::new());

/// One cell waits for another, until that is [ended](Self::end).
///
/// Without a `Drop`, so that whoever holds it has but one.
#[derive(Clone, Copy)]
pub(crate) struct Wait {
    from: Node,
    to: Node,
}

impl Wait {
    /// Notes that whoever runs on this thread waits for a cell. An error if that one waits for it, over others or
    /// not. A wait that is moved from one cell's build to another is noted anew.
    pub(crate) fn note(wait: &mut Option<Self>, to: Node) -> Result<(), Error> {
        let asking = callers::cell();
        if wait.map(|wait| wait.from.id) != asking.map(|from| from.id) {
            Self::end(wait);
            *wait = asking.map(|from| Self::begin(from, to)).transpose()?;
        }
        Ok(())
    }

    fn begin(from: Node, to: Node) -> Result<Self, Error> {
        let mut waits = lock();
        if let Some(chain) = chain(&waits, to, from.id) {
            drop(waits);
            return Err(Error::reentered(&told(&chain)));
        }
        waits.entry(from.id).or_default().push(to);
        Ok(Self { from, to })
    }

    pub(crate) fn end(wait: &mut Option<Self>) {
        let Some(Self { from, to }) = wait.take() else {
            return;
        };
        let mut waits = lock();
        let Some(targets) = waits.get_mut(&from.id) else {
            return;
        };
        if let Some(at) = targets.iter().position(|target| target.id == to.id) {
            targets.swap_remove(at);
        }
        if targets.is_empty() {
            waits.remove(&from.id);
        }
    }
}

/// The shortest way along the waits.
fn chain(waits: &BTreeMap<usize, Vec<Node>>, from: Node, to: usize) -> Option<Vec<Node>> {
    let mut seen = BTreeSet::from([from.id]);
    let mut ways = vec![vec![from]];
    while !ways.is_empty() {
        if let Some(at) = ways
            .iter()
            .position(|way| way.last().is_some_and(|last| last.id == to))
        {
            return Some(ways.swap_remove(at));
        }
        let mut longer = Vec::new();
        for way in ways {
            let next = way
                .last()
                .and_then(|last| waits.get(&last.id))
                .into_iter()
                .flatten();
            let unseen = next.filter(|next| seen.insert(next.id));
            longer.extend(unseen.map(|next| way.iter().chain([next]).copied().collect::<Vec<_>>()));
        }
        ways = longer;
    }
    None
}

/// `A -> B -> A`.
fn told(chain: &[Node]) -> String {
    let names: Vec<_> = chain
        .iter()
        .chain(chain.first())
        .map(|cell| (cell.blueprint)().name())
        .collect();
    names.join(" -> ")
}

/// Nothing of a user's runs under the lock.
fn lock() -> MutexGuard<'static, BTreeMap<usize, Vec<Node>>> {
    WAITS.lock().unwrap_or_else(PoisonError::into_inner)
}
