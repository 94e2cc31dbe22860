//! The open objects of each runtime, while a test watches it.
//!
//! An object is identified by the address of the place where it was made; a watched object gets its own copy of
//! that place. So objects are no larger for it, and while nobody watches, the cost is one load of a counter.
//! Observers of events find the lives of objects here.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher};
use std::panic::Location;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use tokio::runtime::{Handle, Id};

use crate::ground::attention;
use crate::ground::blueprint::Blueprint;
use crate::ground::events::acts::Act;
use crate::ground::events::around;
use crate::ground::events::life::Life;
use crate::ground::events::observers::is_observed;
use crate::ground::path::PathSegment;

type Place = &'static Location<'static>;

static STATE: LazyLock<Mutex<State>> = LazyLock::new(Mutex::default);

#[derive(Default)]
struct State {
    /// Objects dropped without a close, for each watched runtime.
    dropped: HashMap<Id, Vec<Left>>,
    /// Keyed by the address of the object's own place.
    open: ByAddress<Open>,
    /// Places of objects that are still alive but no longer watched.
    retired: Vec<Place>,
    /// Unused copies of a place, keyed by its address. They are leaked, so they are reused.
    spare: ByAddress<Vec<Place>>,
}

type ByAddress<T> = HashMap<usize, T, BuildHasherDefault<OfAddress>>;

/// A cheap hash: addresses come from the program, so the hash need not resist an attack.
#[derive(Default)]
struct OfAddress(u64);

impl Hasher for OfAddress {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_usize(usize::from(*byte));
        }
    }

    fn write_usize(&mut self, address: usize) {
        let spread = (self.0 ^ address as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = spread ^ (spread >> 32);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// A live object.
struct Open {
    /// Set while the object is watched.
    runtime: Option<Id>,
    left: Left,
    /// Set if the object is observed.
    life: Option<Arc<Life>>,
    own: Place,
}

/// An object that a test left open.
#[derive(Clone, Copy)]
pub(crate) struct Left {
    object: fn() -> Blueprint,
    made_at: Place,
    alive: bool,
}

/// Watches a runtime, until [`end`].
pub(crate) fn begin(runtime: Id) {
    lock().dropped.insert(runtime, Vec::new());
    attention::begin();
}

/// Stops watching. Returns the objects that were left open.
pub(crate) fn end(runtime: Id) -> Vec<Left> {
    let mut state = lock();
    let Some(mut left) = state.dropped.remove(&runtime) else {
        return Vec::new();
    };
    attention::end();
    let State { open, retired, .. } = &mut *state;
    for (_, found) in open.extract_if(|_, open| open.runtime == Some(runtime)) {
        left.push(found.left);
        retired.push(found.own);
    }
    left.sort_by_key(|left| {
        (
            left.made_at.file(),
            left.made_at.line(),
            left.made_at.column(),
        )
    });
    left
}

/// Called when an object is made. Returns the place that identifies it.
#[inline]
pub(crate) fn made(object: fn() -> Blueprint, made_at: Place) -> Place {
    if attention::is_paid() {
        watch(object, made_at)
    } else {
        made_at
    }
}

/// Called when an object is closed or taken out of its `Live`. Returns the act of its close, if that is observed.
#[inline]
pub(crate) fn closing(object: fn() -> Blueprint, made_at: Place) -> Option<Box<Act>> {
    if attention::is_paid() {
        unwatch(object, made_at, false)
    } else {
        None
    }
}

/// Called when an object is dropped without a close. Returns the act of its close, if that is observed.
#[inline]
pub(crate) fn dropped(object: fn() -> Blueprint, made_at: Place) -> Option<Box<Act>> {
    if attention::is_paid() {
        unwatch(object, made_at, true)
    } else {
        None
    }
}

/// Called when the owner of an object was dropped while the object still has to be closed.
pub(crate) fn left(made_at: Place) {
    if attention::is_paid() {
        let mut state = lock();
        if let Some(open) = state.open.get_mut(&address(made_at)) {
            let (runtime, left) = (open.runtime.take(), open.left);
            state.leave(runtime, left);
        }
    }
}

#[cold]
#[inline(never)]
fn unwatch(object: fn() -> Blueprint, made_at: Place, unclosed: bool) -> Option<Box<Act>> {
    let life = {
        let mut state = lock();
        let open = state.remove(made_at);
        open.and_then(|open| {
            if unclosed {
                state.leave(open.runtime, open.left);
            }
            open.life
        })
    };
    let name = PathSegment::Object(object);
    is_observed().then(|| Act::close(life, name, Some(made_at)))
}

#[cold]
#[inline(never)]
fn watch(object: fn() -> Blueprint, made_at: Place) -> Place {
    let life = around::life().filter(|life| life.is_of(made_at));
    let runtime = Handle::try_current().map(|runtime| runtime.id()).ok();
    let mut state = lock();
    let runtime = runtime.filter(|runtime| state.dropped.contains_key(runtime));
    if runtime.is_none() && life.is_none() {
        return made_at;
    }
    let spare = state.spare.get_mut(&address(made_at)).and_then(Vec::pop);
    let own = spare.unwrap_or_else(|| Box::leak(Box::new(*made_at)));
    let left = Left {
        object,
        made_at,
        alive: true,
    };
    state.open.insert(
        address(own),
        Open {
            runtime,
            left,
            life,
            own,
        },
    );
    own
}

impl State {
    fn remove(&mut self, made_at: Place) -> Option<Open> {
        let open = self.open.remove(&address(made_at))?;
        let original = address(open.left.made_at);
        self.spare.entry(original).or_default().push(open.own);
        Some(open)
    }

    fn leave(&mut self, runtime: Option<Id>, left: Left) {
        if let Some(dropped) = runtime.and_then(|runtime| self.dropped.get_mut(&runtime)) {
            dropped.push(Left {
                alive: false,
                ..left
            });
        }
    }
}

fn address(place: Place) -> usize {
    std::ptr::from_ref(place).addr()
}

fn lock() -> MutexGuard<'static, State> {
    // Nothing under the lock can panic.
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = if self.alive {
            "is still alive"
        } else {
            "was dropped without being closed"
        };
        write!(
            f,
            "`{}` made at {} {how}",
            (self.object)().name(),
            self.made_at
        )
    }
}
