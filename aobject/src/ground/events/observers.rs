//! Who is called with events.

use std::cell::Cell;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};

use tokio::runtime::Id as RuntimeId;

use crate::ground::attention;
use crate::ground::error::Phase;
use crate::ground::events::Event;
use crate::ground::panic::catch_panic;
use crate::ground::report;

type Observe = dyn Fn(&Event<'_>) + Send + Sync;

struct Observer {
    /// Of a program: the events of lives that began on this runtime.
    runtime: Option<RuntimeId>,
    observe: Arc<Observe>,
    has_panicked: AtomicBool,
}

/// How many there are, for a look without the lock.
static NUMBER: AtomicUsize = AtomicUsize::new(cfg!(aobject_observed) as usize);
/// Replaced as a whole, so that an event needs no more than one clone.
static OBSERVERS: RwLock<Option<Arc<[Arc<Observer>]>>> = RwLock::new(None);

thread_local! {
    static IN_OBSERVER: Cell<bool> = const { Cell::new(false) };
}

/// A relaxed load: an event beside the begin of an observation may be missed.
#[inline]
pub(crate) fn is_observed() -> bool {
    NUMBER.load(Ordering::Relaxed) > 0
}

/// Calls the observers. `runtime` is that on which the life began.
#[cold]
#[inline(never)]
pub(crate) fn emit(event: &Event<'_>, runtime: Option<RuntimeId>) {
    // Without the thread-local the thread goes down, and with it what an observer might use.
    if IN_OBSERVER.try_with(|inside| inside.replace(true)) != Ok(false) {
        return;
    }
    let observers = OBSERVERS
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    for observer in observers.iter().flat_map(|observers| observers.iter()) {
        observer.call(event, runtime);
    }
    // The last clone drops what the observer holds, which is the user's.
    drop(catch_panic(Phase::Close, || drop(observers)));
    let _ = IN_OBSERVER.try_with(|inside| inside.set(false));
}

impl Observer {
    fn call(&self, event: &Event<'_>, runtime: Option<RuntimeId>) {
        let is_meant = self.runtime.is_none() || self.runtime == runtime;
        if !is_meant || self.has_panicked.load(Ordering::Relaxed) {
            return;
        }
        if let Err(panic) = catch_panic(event.phase, || (self.observe)(event)) {
            // Concurrent calls may both panic; one is reported.
            if !self.has_panicked.swap(true, Ordering::Relaxed) {
                let causes = panic.causes();
                report::of_program(format_args!(
                    "an observer panicked{causes}; it is not called again"
                ));
            }
        }
    }
}

/// Of a program, with its runtime.
pub(crate) fn add(runtime: Option<RuntimeId>, observe: Arc<Observe>) -> Observing {
    let observer = Arc::new(Observer {
        runtime,
        observe,
        has_panicked: AtomicBool::new(false),
    });
    let mut observers = write();
    let list = observers
        .iter()
        .flat_map(|observers| observers.iter())
        .cloned();
    *observers = Some(list.chain([Arc::clone(&observer)]).collect());
    NUMBER.fetch_add(1, Ordering::Relaxed);
    attention::begin();
    Observing(observer)
}

fn remove(observer: &Arc<Observer>) {
    // Dropped after the lock: it is the user's.
    let _earlier = {
        let mut observers = write();
        let list = observers.iter().flat_map(|observers| observers.iter());
        let rest = list
            .filter(|other| !Arc::ptr_eq(other, observer))
            .cloned()
            .collect();
        NUMBER.fetch_sub(1, Ordering::Relaxed);
        attention::end();
        observers.replace(rest)
    };
}

fn write() -> RwLockWriteGuard<'static, Option<Arc<[Arc<Observer>]>>> {
    // Nothing that can panic runs under the lock.
    OBSERVERS.write().unwrap_or_else(PoisonError::into_inner)
}

/// Calls `f` with every event of the process until the guard is dropped.
///
/// An observer runs inside polls and drops, on any thread: keep it quick. A panic in it is contained and reported, and
/// it is not called again. Objects that it makes or closes itself cause no events.
///
/// Events begin with what starts after this call; of objects that are alive already, the close is seen.
///
/// # Examples
///
/// ```
/// let observing = aobject::events::observe(|event| println!("{event}"));
/// // …
/// drop(observing);
/// ```
pub fn observe(f: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Observing {
    add(None, Arc::new(f))
}

/// While it lives, the observer of [`observe`] is called.
#[must_use = "the observer is removed when this is dropped"]
pub struct Observing(Arc<Observer>);

impl Drop for Observing {
    fn drop(&mut self) {
        remove(&self.0);
    }
}

impl fmt::Debug for Observing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observing").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
