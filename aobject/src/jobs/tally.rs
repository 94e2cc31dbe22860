//! How many background closes there are, runtime by runtime.

use std::cell::RefCell;
use std::ops::Deref;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use tokio::runtime::{Handle, Id};

use crate::Error;

use count::Count;

mod count;

/// Errors kept until they are drained; the first of them tell most.
const KEPT_ERRORS: usize = 64;

/// Runtimes that are probably gone, but of which something may not have been drained yet.
const KEPT_RUNTIMES: usize = 64;

/// The background closes of one runtime, or those of the reaper.
#[derive(Default)]
pub(crate) struct Tally {
    count: Count,
    /// Closes that somebody awaits, on the runtime of a `run`, which waits for them in the end.
    flights: Count,
    errors: Mutex<Vec<Error>>,
}

impl Deref for Tally {
    type Target = Count;

    fn deref(&self) -> &Count {
        &self.count
    }
}

impl Tally {
    pub(crate) fn keep(&self, error: Error) {
        let mut errors = unpoisoned(&self.errors);
        if errors.len() < KEPT_ERRORS {
            errors.push(error);
        }
    }

    /// What has ended since the last call.
    pub(crate) fn take(&self) -> (usize, Vec<Error>) {
        let errors = std::mem::take(&mut *unpoisoned(&self.errors));
        (self.take_closed(), errors)
    }
}

impl Tally {
    pub(crate) fn flights(&self) -> &Count {
        &self.flights
    }
}

/// How many `run`s go on. Without one, nobody is interested in flights.
static RUNS: AtomicUsize = AtomicUsize::new(0);

/// While it lives, flights are counted.
pub(crate) struct CountFlights;

impl CountFlights {
    pub(crate) fn new() -> Self {
        RUNS.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Drop for CountFlights {
    fn drop(&mut self) {
        RUNS.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A close that somebody awaits, counted on the runtime of this thread.
pub(crate) struct Flight(Option<Arc<Tally>>);

impl Flight {
    #[inline]
    pub(crate) fn begin() -> Self {
        if RUNS.load(Ordering::Relaxed) == 0 {
            return Self(None);
        }
        let tally = Handle::try_current().ok().map(|runtime| of(&runtime));
        Self(tally.inspect(|tally| tally.flights.begin()))
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        if let Some(tally) = &self.0 {
            tally.flights.end();
        }
    }
}

/// The reaper's, whose closes no other runtime owns.
pub(crate) static REAPER: LazyLock<Arc<Tally>> = LazyLock::new(Arc::default);

/// Oldest first. Locked only when a thread meets a runtime that it did not see last.
static RUNTIMES: Mutex<Vec<(Id, Arc<Tally>)>> = Mutex::new(Vec::new());

thread_local! {
    static LAST_SEEN: RefCell<Option<(Id, Arc<Tally>)>> = const { RefCell::new(None) };
}

/// The tally of a runtime.
pub(crate) fn of(runtime: &Handle) -> Arc<Tally> {
    let id = runtime.id();
    let cached = LAST_SEEN.try_with(|last| match &*last.borrow() {
        Some((seen, tally)) if *seen == id => Some(Arc::clone(tally)),
        _ => None,
    });
    if let Ok(Some(tally)) = cached {
        return tally;
    }
    let tally = look_up(id);
    let _ = LAST_SEEN.try_with(|last| *last.borrow_mut() = Some((id, Arc::clone(&tally))));
    tally
}

fn look_up(id: Id) -> Arc<Tally> {
    // Dropped after the lock: it keeps errors of the user's.
    let _unheld;
    let mut runtimes = unpoisoned(&RUNTIMES);
    if let Some((_, tally)) = runtimes.iter().find(|(known, _)| *known == id) {
        return Arc::clone(tally);
    }
    if runtimes.len() >= KEPT_RUNTIMES {
        // One that a thread or a task still holds may be counted in: a second one for its runtime would not be seen.
        let oldest_unheld = runtimes
            .iter()
            .position(|(_, tally)| Arc::strong_count(tally) == 1);
        _unheld = oldest_unheld.map(|at| runtimes.remove(at));
    }
    let tally = Arc::new(Tally::default());
    runtimes.push((id, Arc::clone(&tally)));
    tally
}

/// Has the closes that are spawned on the reaper's own runtime counted as the reaper's.
pub(crate) fn adopt(reaper: &Handle) {
    let mut runtimes = unpoisoned(&RUNTIMES);
    runtimes.retain(|(_, tally)| !Arc::ptr_eq(tally, &REAPER));
    runtimes.push((reaper.id(), Arc::clone(&REAPER)));
}

/// Nothing that can panic runs under these locks.
fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
