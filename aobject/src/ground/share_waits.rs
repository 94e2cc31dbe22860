//! Waits for the end of an object that others still share, while a program runs: a caller that holds a share itself waits
//! for ever.

use std::fmt;
use std::panic::Location;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use slab::Slab;
use tokio::runtime::{Handle, Id};

use crate::ground::path::PathSegment;
use crate::ground::rounded::Rounded;
use crate::ground::runtimes;
use crate::ground::stall::Stall;

static WAITS: Mutex<Slab<Wait>> = Mutex::new(Slab::new());

#[derive(Debug)]
struct Wait {
    name: String,
    made_at: Option<&'static Location<'static>>,
    /// Of the caller that waits.
    runtime: Id,
    /// How many others there were at the call.
    shares: usize,
    since: Instant,
    stall: Stall,
}

/// While it lives, its caller waits.
#[derive(Debug)]
pub(crate) struct ShareWait(usize);

/// A caller waits until `shares` others have gone. `None` outside programs: nobody gives notice of it.
#[cold]
pub(crate) fn begin(
    name: &PathSegment,
    made_at: Option<&'static Location<'static>>,
    shares: usize,
) -> Option<ShareWait> {
    if !runtimes::has_programs() {
        return None;
    }
    let runtime = Handle::try_current().ok()?.id();
    let now = Instant::now();
    let wait = Wait {
        name: name.apply(""),
        made_at,
        runtime,
        shares,
        since: now,
        stall: Stall::new(now),
    };
    Some(ShareWait(lock().insert(wait)))
}

impl Drop for ShareWait {
    fn drop(&mut self) {
        drop(lock().try_remove(self.0));
    }
}

/// Those of a runtime of which a notice is due, and when the next one is.
pub(crate) fn look(runtime: Id, after: Duration, now: Instant) -> (Vec<String>, Option<Instant>) {
    let mut waits = lock();
    let mut own: Vec<_> = waits
        .iter_mut()
        .map(|(_, wait)| wait)
        .filter(|wait| wait.runtime == runtime)
        .collect();
    let due = own
        .iter_mut()
        .filter_map(|wait| wait.stall.take_due(after, now).then(|| wait.to_string()))
        .collect();
    let next = own.iter().filter_map(|wait| wait.stall.due(after)).min();
    (due, next)
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, shares, .. } = self;
        let plural = if *shares == 1 { "" } else { "s" };
        let since = Rounded(self.since.elapsed());
        write!(
            f,
            "{name} closing for {since}: waiting for {shares} share{plural}"
        )?;
        self.made_at
            .map_or(Ok(()), |place| write!(f, " (made at {place})"))
    }
}

fn lock() -> MutexGuard<'static, Slab<Wait>> {
    // Nothing of the user's runs under the lock.
    WAITS.lock().unwrap_or_else(PoisonError::into_inner)
}
