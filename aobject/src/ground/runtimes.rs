//! State per tokio runtime: its closes, their errors, and a part for each module above that keeps something of its own.

use std::any::Any;
use std::cell::RefCell;
use std::future::pending;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};

use tokio::runtime::{Handle, Id};
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::ground::error::Error;

/// Errors kept until they are drained: the first ones say most.
const KEPT_ERRORS: usize = 64;

/// How many runtimes are known before those that are gone are removed.
const KEPT_RUNTIMES: usize = 64;

/// What is known of one runtime, or of the closes that no runtime owns.
#[derive(Debug)]
pub(crate) struct Runtime {
    /// Its background closes.
    background: TaskTracker,
    /// Its closes that somebody awaits, counted while a program runs.
    awaited: TaskTracker,
    /// Background closes that have ended since the last drain.
    closed: AtomicUsize,
    errors: Mutex<Vec<Error>>,
    parts: Mutex<Vec<Arc<dyn Any + Send + Sync>>>,
    /// It has shut down.
    is_gone: AtomicBool,
}

impl Runtime {
    fn new() -> Arc<Self> {
        let [background, awaited] = [(); 2].map(|()| {
            let tracker = TaskTracker::new();
            // Closed, or nobody could wait for it; tokens are to be had all the same.
            tracker.close();
            tracker
        });
        let (closed, errors, parts, is_gone) = Default::default();
        Arc::new(Self {
            background,
            awaited,
            closed,
            errors,
            parts,
            is_gone,
        })
    }

    /// Its background closes; a close counts while its token lives.
    pub(crate) fn background(&self) -> &TaskTracker {
        &self.background
    }

    /// Its closes that somebody awaits.
    pub(crate) fn awaited(&self) -> &TaskTracker {
        &self.awaited
    }

    /// A background close has ended.
    pub(crate) fn count_closed(&self) {
        // Read once the close's token, which is dropped later, was waited for.
        self.closed.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn keep_error(&self, error: Error) {
        let mut errors = unpoisoned(&self.errors);
        if errors.len() < KEPT_ERRORS {
            errors.push(error);
        }
    }

    /// How many background closes have ended since the last call, and what went wrong.
    pub(crate) fn take_ended(&self) -> (usize, Vec<Error>) {
        let errors = std::mem::take(&mut *unpoisoned(&self.errors));
        (self.closed.swap(0, Ordering::Relaxed), errors)
    }

    /// The part of type `P`, if there is one.
    pub(crate) fn find<P: Any + Send + Sync>(&self) -> Option<Arc<P>> {
        let parts = unpoisoned(&self.parts);
        parts
            .iter()
            .find_map(|part| Arc::clone(part).downcast().ok())
    }

    /// The part of type `P`, made at the first call.
    pub(crate) fn part<P: Any + Default + Send + Sync>(&self) -> Arc<P> {
        let mut parts = unpoisoned(&self.parts);
        let known = parts
            .iter()
            .find_map(|part| Arc::clone(part).downcast().ok());
        known.unwrap_or_else(|| {
            let part = Arc::<P>::default();
            parts.push(Arc::clone(&part) as _);
            part
        })
    }
}

/// The state for what no runtime owns: closes on the library's own thread.
pub(crate) static UNOWNED: LazyLock<Arc<Runtime>> = LazyLock::new(Runtime::new);

/// Oldest first. Locked only when a thread meets a runtime that it did not see last.
static RUNTIMES: Mutex<Vec<(Id, Arc<Runtime>)>> = Mutex::new(Vec::new());

thread_local! {
    static LAST_SEEN: RefCell<Option<(Id, Arc<Runtime>)>> = const { RefCell::new(None) };
}

/// The state of the runtime of this thread.
pub(crate) fn current() -> Option<Arc<Runtime>> {
    Handle::try_current().ok().map(|handle| of(&handle))
}

/// The state of a runtime.
pub(crate) fn of(handle: &Handle) -> Arc<Runtime> {
    let id = handle.id();
    let cached = LAST_SEEN.try_with(|last| match &*last.borrow() {
        Some((seen, runtime)) if *seen == id => Some(Arc::clone(runtime)),
        _ => None,
    });
    if let Ok(Some(runtime)) = cached {
        return runtime;
    }
    let runtime = look_up(handle, id);
    let _outdated =
        LAST_SEEN.try_with(|last| last.borrow_mut().replace((id, Arc::clone(&runtime))));
    runtime
}

/// The states of the known runtimes.
pub(crate) fn all() -> Vec<Arc<Runtime>> {
    unpoisoned(&RUNTIMES)
        .iter()
        .map(|(_, runtime)| Arc::clone(runtime))
        .collect()
}

fn look_up(handle: &Handle, id: Id) -> Arc<Runtime> {
    // Dropped after the lock: its errors are the user's.
    let _gone: Vec<_>;
    let runtime = {
        let mut runtimes = unpoisoned(&RUNTIMES);
        if let Some((_, runtime)) = runtimes.iter().find(|(known, _)| *known == id) {
            return Arc::clone(runtime);
        }
        if runtimes.len() >= KEPT_RUNTIMES {
            _gone = runtimes
                .extract_if(.., |(_, runtime)| runtime.can_be_removed())
                .collect();
        }
        let runtime = Runtime::new();
        runtimes.push((id, Arc::clone(&runtime)));
        runtime
    };
    let seen = Seen(Arc::downgrade(&runtime));
    // A task of every runtime is dropped with it.
    drop(handle.spawn(async move {
        let _seen = seen;
        pending::<()>().await;
    }));
    runtime
}

/// Dropped by the runtime when it shuts down.
struct Seen(Weak<Runtime>);

impl Drop for Seen {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.upgrade() {
            // Dropped after the lock: closes are handed over.
            let _parts = std::mem::take(&mut *unpoisoned(&runtime.parts));
            // Pairs with the load under the lock, which may come later.
            runtime.is_gone.store(true, Ordering::Release);
        }
    }
}

impl Runtime {
    /// A state that a thread or a task still holds may be counted in: a second one for its runtime would not be seen.
    fn can_be_removed(self: &Arc<Self>) -> bool {
        // Pairs with the store of the runtime's end.
        self.is_gone.load(Ordering::Acquire) && Arc::strong_count(self) == 1
    }
}

/// Counts the closes that are spawned on the library's own runtime among those that no runtime owns.
pub(crate) fn adopt(own: &Handle) {
    let mut runtimes = unpoisoned(&RUNTIMES);
    runtimes.retain(|(_, runtime)| !Arc::ptr_eq(runtime, &UNOWNED));
    runtimes.push((own.id(), Arc::clone(&UNOWNED)));
}

/// How many programs run. Without one, nobody waits for closes that somebody awaits.
static PROGRAMS: AtomicUsize = AtomicUsize::new(0);

/// While it lives, awaited closes are counted.
pub(crate) struct CountAwaited;

impl CountAwaited {
    pub(crate) fn begin() -> Self {
        PROGRAMS.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Drop for CountAwaited {
    fn drop(&mut self) {
        PROGRAMS.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Whether a program runs.
#[inline]
pub(crate) fn has_programs() -> bool {
    PROGRAMS.load(Ordering::Relaxed) > 0
}

/// Counts an awaited close on the runtime of this thread, if a program runs.
#[inline]
pub(crate) fn count_awaited() -> Option<TaskTrackerToken> {
    if !has_programs() {
        return None;
    }
    current().map(|runtime| runtime.awaited.token())
}

/// Nothing of a user's runs under these locks.
fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
