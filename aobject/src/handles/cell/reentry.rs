//! Records which cell waits for which, so that an init that would wait for itself gets an error instead.
//!
//! A cell waits for another cell if its closure or its build asks for that cell while it is called, polled or
//! dropped. The asking cell is recorded on the thread. It does not matter which task it runs in, so a cycle is
//! found even if the waiters of several cells drive their builds. Tasks that a build spawns are not tracked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::ground::error::Error;
use crate::kernel::callers::{self, Node};

/// For each cell, the cells that it waits for, once per wait.
static WAITS: Mutex<BTreeMap<usize, Vec<Node>>> = Mutex::new(BTreeMap::new());

/// One cell waits for another until [`end`](Self::end).
///
/// Has no `Drop`, so that its holder needs only one.
#[derive(Clone, Copy)]
pub(crate) struct Wait {
    from: Node,
    to: Node,
}

impl Wait {
    /// Records that the cell running on this thread waits for another one. Fails if that cell waits for this one,
    /// directly or not. A wait that moved from the build of one cell to another is recorded again.
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
            return Err(Error::reentered(&names_of(&chain)));
        }
        waits.entry(from.id).or_default().push(to);
        Ok(Self { from, to })
    }

    #[inline]
    pub(crate) fn end(wait: &mut Option<Self>) {
        if let Some(wait) = wait.take() {
            wait.leave();
        }
    }

    #[cold]
    fn leave(self) {
        let Self { from, to } = self;
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

/// The shortest chain of waits.
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
fn names_of(chain: &[Node]) -> String {
    let names: Vec<_> = chain
        .iter()
        .chain(chain.first())
        .map(|cell| (cell.blueprint)().name())
        .collect();
    names.join(" -> ")
}

/// No user code runs under the lock.
fn lock() -> MutexGuard<'static, BTreeMap<usize, Vec<Node>>> {
    WAITS.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
