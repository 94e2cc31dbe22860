//! State per tokio runtime: its closes, their errors, and one part for each module above that keeps state of its
//! own.

use std::any::Any;
use std::cell::RefCell;
use std::future::pending;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};

use tokio::runtime::{Handle, Id};
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::ground::error::Error;

/// The maximum number of errors kept until the next drain. The first ones say most.
const KEPT_ERRORS: usize = 64;

/// The number of known runtimes above which those that are gone are removed.
const KEPT_RUNTIMES: usize = 64;

/// The state of one runtime, or of the closes that belong to no runtime.
#[derive(Debug)]
pub(crate) struct Runtime {
    /// Background closes.
    background: TaskTracker,
    /// Closes that somebody awaits, counted while a program runs.
    awaited: TaskTracker,
    /// The number of background closes that have ended since the last drain.
    closed: AtomicUsize,
    errors: Mutex<Vec<Error>>,
    parts: Mutex<Vec<Arc<dyn Any + Send + Sync>>>,
    /// The runtime has shut down.
    is_gone: AtomicBool,
}

impl Runtime {
    fn new() -> Arc<Self> {
        let [background, awaited] = [(); 2].map(|()| {
            let tracker = TaskTracker::new();
            // Only a closed tracker can be waited for. It still hands out tokens.
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

    /// Tracks the background closes. A close counts while its token is alive.
    pub(crate) fn background(&self) -> &TaskTracker {
        &self.background
    }

    /// Tracks the closes that somebody awaits.
    pub(crate) fn awaited(&self) -> &TaskTracker {
        &self.awaited
    }

    /// Counts a background close that has ended.
    pub(crate) fn count_closed(&self) {
        // Relaxed: read only after waiting for the token of the close, which is dropped later.
        self.closed.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn keep_error(&self, error: Error) {
        let mut errors = unpoisoned(&self.errors);
        if errors.len() < KEPT_ERRORS {
            errors.push(error);
        }
    }

    /// Returns the number of background closes that have ended since the last call, and their errors.
    pub(crate) fn take_ended(&self) -> (usize, Vec<Error>) {
        let errors = std::mem::take(&mut *unpoisoned(&self.errors));
        (self.closed.swap(0, Ordering::Relaxed), errors)
    }

    /// Returns the part of type `P`, if there is one.
    pub(crate) fn find<P: Any + Send + Sync>(&self) -> Option<Arc<P>> {
        let parts = unpoisoned(&self.parts);
        parts
            .iter()
            .find_map(|part| Arc::clone(part).downcast().ok())
    }

    /// Returns the part of type `P`, which is made on the first call.
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

/// The state for closes that belong to no runtime, and run on the thread of the library.
pub(crate) static UNOWNED: LazyLock<Arc<Runtime>> = LazyLock::new(Runtime::new);

/// Oldest first. Locked only when a thread meets a different runtime than the last time.
static RUNTIMES: Mutex<Vec<(Id, Arc<Runtime>)>> = Mutex::new(Vec::new());

thread_local! {
    static LAST_SEEN: RefCell<Option<(Id, Arc<Runtime>)>> = const { RefCell::new(None) };
}

/// The state of the runtime that this thread is in.
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
    // Dropped after the lock is released, because it contains the user's errors.
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
    // The runtime drops this task when it shuts down.
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
            // Dropped after the lock is released, because this hands over closes.
            let _parts = std::mem::take(&mut *unpoisoned(&runtime.parts));
            // Release: pairs with the acquire load in `can_be_removed`.
            runtime.is_gone.store(true, Ordering::Release);
        }
    }
}

impl Runtime {
    /// A state that a thread or a task still holds must stay, because counts in a second state for the same
    /// runtime would go unnoticed.
    fn can_be_removed(self: &Arc<Self>) -> bool {
        // Acquire: pairs with the release store in the drop of `Seen`.
        self.is_gone.load(Ordering::Acquire) && Arc::strong_count(self) == 1
    }
}

/// Counts closes that are spawned on the library's own runtime as belonging to no runtime.
pub(crate) fn adopt(own: &Handle) {
    let mut runtimes = unpoisoned(&RUNTIMES);
    runtimes.retain(|(_, runtime)| !Arc::ptr_eq(runtime, &UNOWNED));
    runtimes.push((own.id(), Arc::clone(&UNOWNED)));
}

/// The number of running programs. Without one, nobody waits for awaited closes. Relaxed: closes are counted only
/// from the body on, which runs after the increment.
static PROGRAMS: AtomicUsize = AtomicUsize::new(0);

/// While this is alive, awaited closes are counted.
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

/// Whether a program is running.
#[inline]
pub(crate) fn has_programs() -> bool {
    PROGRAMS.load(Ordering::Relaxed) > 0
}

/// Counts an awaited close on the runtime of this thread, if a program is running.
#[inline]
pub(crate) fn count_awaited() -> Option<TaskTrackerToken> {
    if !has_programs() {
        return None;
    }
    current().map(|runtime| runtime.awaited.token())
}

/// No user code runs under these locks.
fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
