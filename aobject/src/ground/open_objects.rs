//! Which objects are open, runtime by runtime, while a test wants to know.
//!
//! An object is known by the address of the place where it was made: a watched one gets a copy of that place of its
//! own. So an object is no larger for it, and while nobody watches, it costs a look at a counter. Observers find the lives
//! of objects here.

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
    /// Of each watched runtime, what was dropped unclosed.
    dropped: HashMap<Id, Vec<Left>>,
    /// By the address of its own place.
    open: ByAddress<Open>,
    /// Places of objects that are alive, and not watched any more.
    retired: Vec<Place>,
    /// Copies of a place that are in no use, by its address: they are leaked, so there must not be more than needed.
    spare: ByAddress<Vec<Place>>,
}

type ByAddress<T> = HashMap<usize, T, BuildHasherDefault<OfAddress>>;

/// Addresses come from the program, so the hash need not resist an attack, and is cheap.
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

/// An object that is alive.
struct Open {
    /// Watched, until the object has been found.
    runtime: Option<Id>,
    left: Left,
    /// Observed.
    life: Option<Arc<Life>>,
    own: Place,
}

/// An object that a test left.
#[derive(Clone, Copy)]
pub(crate) struct Left {
    object: fn() -> Blueprint,
    made_at: Place,
    alive: bool,
}

/// Watches a runtime until it is told to stop.
pub(crate) fn begin(runtime: Id) {
    lock().dropped.insert(runtime, Vec::new());
    attention::begin();
}

/// What was left until now.
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

/// An object was made; the place by which it is known.
#[inline]
pub(crate) fn made(object: fn() -> Blueprint, made_at: Place) -> Place {
    if attention::is_paid() {
        watch(object, made_at)
    } else {
        made_at
    }
}

/// An object is being closed, or was forgotten; its close, if that is observed.
#[inline]
pub(crate) fn closing(object: fn() -> Blueprint, made_at: Place) -> Option<Box<Act>> {
    if attention::is_paid() {
        unwatch(object, made_at, false)
    } else {
        None
    }
}

/// An object was dropped by its owner, unclosed; its close, if that is observed.
#[inline]
pub(crate) fn dropped(object: fn() -> Blueprint, made_at: Place) -> Option<Box<Act>> {
    if attention::is_paid() {
        unwatch(object, made_at, true)
    } else {
        None
    }
}

/// An object's owner was dropped, and the object is still to be closed.
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
    // Nothing that can panic runs under the lock.
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
