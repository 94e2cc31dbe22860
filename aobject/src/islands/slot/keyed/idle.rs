//! Tracks which objects nobody holds, and since when, and runs the task that closes them.

use std::sync::{Arc, PoisonError, Weak};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use crate::ground::sync::{Mutex, MutexGuard};
use crate::handles::shared::Released;

/// The limits above which objects are closed.
#[derive(Clone, Copy, Default)]
pub(super) struct Limits {
    pub(super) idle: Option<Duration>,
    pub(super) capacity: Option<usize>,
}

impl Limits {
    pub(super) fn are_set(self) -> bool {
        self.idle.is_some() || self.capacity.is_some()
    }

    /// The time at which an object is closed that nobody has held since `since`.
    pub(super) fn end_of(self, since: Instant) -> Option<Instant> {
        since.checked_add(self.idle?)
    }
}

/// The events that the keeper waits for, besides time.
///
/// **The invariant.** A state is set before the entries are inspected, and read after an entry has changed. Both
/// happen under one lock. So either the inspection sees the change, or the reader sees the state and wakes the
/// keeper.
pub(super) struct Signals {
    state: Mutex<Watched>,
    changed: Notify,
}

struct Watched {
    load: Load,
    keeper: Waits,
}

/// Set by the eviction, and read after a share was given up.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Load {
    Fits,
    /// There are more objects than the capacity, and users hold them.
    Over,
}

/// Set by the keeper, and read after an object was made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Waits {
    /// Until a time before which no object is due, even if one is made or released meanwhile.
    Until,
    Forever,
}

impl Default for Signals {
    fn default() -> Self {
        Self {
            state: Mutex::new(Watched {
                load: Load::Fits,
                keeper: Waits::Until,
            }),
            changed: Notify::new(),
        }
    }
}

impl Signals {
    pub(super) fn set_load(&self, load: Load) {
        self.state().load = load;
    }

    fn set_keeper(&self, keeper: Waits) {
        self.state().keeper = keeper;
    }

    fn made(&self) {
        if self.state().keeper == Waits::Forever {
            self.changed.notify_one();
        }
    }

    fn released(&self) {
        if self.state().load == Load::Over {
            self.changed.notify_one();
        }
    }

    fn state(&self) -> MutexGuard<'_, Watched> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When the object of one key was last used.
pub(super) struct Use {
    released: Mutex<Instant>,
    signals: Arc<Signals>,
}

impl Use {
    pub(super) fn new(signals: &Arc<Signals>) -> Self {
        Self {
            released: Mutex::new(Instant::now()),
            signals: Arc::clone(signals),
        }
    }

    pub(super) fn since(&self) -> Instant {
        *self.released.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn touch(&self) {
        *self.released.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

impl Released for Use {
    fn released(&self) {
        self.touch();
        self.signals.released();
    }
}

/// A table of objects that can be idle.
pub(super) trait Evict: Send + Sync {
    /// Closes the objects that are due. Returns when to call it again, unless something changes before.
    fn evict(&self) -> Option<Instant>;
}

/// The task that closes idle objects. It ends when this is dropped.
#[derive(Default)]
pub(super) struct Keeper(Option<JoinHandle<()>>);

impl Keeper {
    /// Notifies the task of a new object. Starts the task if it is not running. Without a runtime, there is no
    /// task.
    pub(super) fn made(&mut self, of: Weak<dyn Evict>, signals: &Arc<Signals>) {
        let is_running = self.0.as_ref().is_some_and(|task| !task.is_finished());
        if is_running {
            signals.made();
        } else if let Ok(runtime) = Handle::try_current() {
            self.0 = Some(runtime.spawn(keep(of, Arc::clone(signals))));
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        if let Some(task) = &self.0 {
            task.abort();
        }
    }
}

async fn keep(of: Weak<dyn Evict>, signals: Arc<Signals>) {
    while let Some(entries) = of.upgrade() {
        signals.set_keeper(Waits::Forever);
        let next = entries.evict();
        drop(entries);
        if next.is_some() {
            signals.set_keeper(Waits::Until);
        }
        let changed = signals.changed.notified();
        match next {
            // Whichever comes first.
            Some(next) => drop(timeout_at(next, changed).await),
            None => changed.await,
        }
    }
}

#[cfg(all(test, aobject_loom))]
mod model {
    use std::pin::pin;
    use std::sync::Arc;
    use std::task::{Context, Waker};

    use loom::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    use loom::thread;

    use super::{Load, Signals, Waits};

    fn is_woken(signals: &Signals) -> bool {
        let mut context = Context::from_waker(Waker::noop());
        pin!(signals.changed.notified())
            .poll(&mut context)
            .is_ready()
    }

    /// The number of owners is a plain count that only the lock orders.
    #[test]
    fn a_release_is_seen_by_the_look_or_wakes_the_keeper() {
        loom::model(|| {
            let signals = Arc::new(Signals::default());
            let owners = Arc::new(AtomicUsize::new(2));
            let (seen, count) = (Arc::clone(&signals), Arc::clone(&owners));
            let user = thread::spawn(move || {
                count.fetch_sub(1, Relaxed);
                seen.released();
            });
            signals.set_load(Load::Over);
            let is_held = owners.load(Relaxed) > 1;
            user.join().expect("no panics");
            assert!(!is_held || is_woken(&signals));
        });
    }

    #[test]
    fn an_object_that_is_made_is_seen_by_the_look_or_wakes_the_keeper() {
        loom::model(|| {
            let signals = Arc::new(Signals::default());
            let made = Arc::new(AtomicUsize::new(0));
            let (seen, count) = (Arc::clone(&signals), Arc::clone(&made));
            let maker = thread::spawn(move || {
                count.fetch_add(1, Relaxed);
                seen.made();
            });
            signals.set_keeper(Waits::Forever);
            let is_empty = made.load(Relaxed) == 0;
            maker.join().expect("no panics");
            assert!(!is_empty || is_woken(&signals));
        });
    }
}
