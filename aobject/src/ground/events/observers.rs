//! Who is called with events.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};

use tokio::runtime::Id as RuntimeId;

use crate::ground::attention;
use crate::ground::error::Phase;
use crate::ground::events::quiet::quietly;
use crate::ground::events::{Event, spans};
use crate::ground::panic::catch_panic;
use crate::ground::report;

pub(crate) type Observe = dyn Fn(&Event<'_>) + Send + Sync;

struct Observer {
    /// Of a program: the events of lives that began on this runtime.
    runtime: Option<RuntimeId>,
    /// `None`: it wants spans.
    observe: Option<Arc<Observe>>,
    has_panicked: AtomicBool,
}

/// How many there are, for a look without the lock.
static NUMBER: AtomicUsize = AtomicUsize::new(cfg!(aobject_observed) as usize);
/// How many of them ask for spans.
static SPANS: AtomicUsize = AtomicUsize::new(0);
/// Replaced as a whole, so that an event needs no more than one clone.
static OBSERVERS: RwLock<Option<Arc<[Arc<Observer>]>>> = RwLock::new(None);

/// A relaxed load: an event beside the begin of an observation may be missed.
#[inline]
pub(crate) fn is_observed() -> bool {
    NUMBER.load(Ordering::Relaxed) > 0 && is_wanted()
}

/// Spans that no subscriber wants are no reason to look.
#[cold]
#[inline(never)]
fn is_wanted() -> bool {
    NUMBER.load(Ordering::Relaxed) > SPANS.load(Ordering::Relaxed) || spans::are_wanted()
}

/// Calls the observers. `runtime` is that on which the life began.
#[cold]
#[inline(never)]
pub(crate) fn emit(event: &Event<'_>, runtime: Option<RuntimeId>) {
    quietly(|| {
        let observers = all();
        for observer in observers.iter().flat_map(|observers| observers.iter()) {
            observer.call(event, runtime);
        }
        // The last clone drops what the observer holds, which is the user's.
        drop(catch_panic(Phase::Close, || drop(observers)));
    });
}

/// Whether a life that began on this runtime has spans.
pub(crate) fn want_spans(runtime: Option<RuntimeId>) -> bool {
    let wants = |observer: &Arc<Observer>| observer.observe.is_none() && observer.is_of(runtime);
    may_want_spans() && all().is_some_and(|observers| observers.iter().any(wants))
}

/// Whether any life has them.
pub(crate) fn may_want_spans() -> bool {
    SPANS.load(Ordering::Relaxed) > 0
}

fn all() -> Option<Arc<[Arc<Observer>]>> {
    OBSERVERS
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .clone()
}

impl Observer {
    fn is_of(&self, runtime: Option<RuntimeId>) -> bool {
        self.runtime.is_none() || self.runtime == runtime
    }

    fn call(&self, event: &Event<'_>, runtime: Option<RuntimeId>) {
        let Some(observe) = &self.observe else { return };
        if !self.is_of(runtime) || self.has_panicked.load(Ordering::Relaxed) {
            return;
        }
        if let Err(panic) = catch_panic(event.phase, || observe(event)) {
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
    add_observer(runtime, Some(observe))
}

/// Spans, of a program with its runtime.
#[cfg(feature = "tracing")]
pub(crate) fn add_spans(runtime: Option<RuntimeId>) -> Observing {
    add_observer(runtime, None)
}

fn add_observer(runtime: Option<RuntimeId>, observe: Option<Arc<Observe>>) -> Observing {
    if observe.is_none() {
        SPANS.fetch_add(1, Ordering::Relaxed);
    }
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
    if observer.observe.is_none() {
        SPANS.fetch_sub(1, Ordering::Relaxed);
    }
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

/// Makes each init and each close a span of `tracing` until the guard is dropped.
///
/// A span has the name `init` or `close`, the level `INFO`, the target `aobject`, and these fields:
///
/// | field | value |
/// |---|---|
/// | `object.path` | from the root down: `App.shards[3].disk` |
/// | `object.name` | the type's name; of a field its own |
/// | `outcome` | `ready`, `closed`, `failed`, `cancelled` or `lost` |
/// | `error` | the error and its causes, if it failed |
///
/// The span is entered at each poll, so everything that is logged inside carries the path. Its parent is the span around
/// the first poll; of a start that was [boxed](crate::New::boxed), that around the call of `boxed`, so that a spawned start
/// stays in its place; of a close in the background, that around the drop. A field's span follows from those of the fields
/// that it waited for last: what ended earlier is no span any more. The span of an init ends with its rollback.
///
/// Of a whole program: `Runner::spans`. For a subscriber that takes none of these spans, nothing is observed.
///
/// # Panics
///
/// Never: a panic of the subscriber in a span of the library is contained.
///
/// # Examples
///
/// ```
/// let spans = aobject::events::spans();
/// // …
/// drop(spans);
/// ```
#[cfg(feature = "tracing")]
#[cfg_attr(docsrs, doc(cfg(feature = "tracing")))]
pub fn spans() -> Observing {
    add_spans(None)
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
