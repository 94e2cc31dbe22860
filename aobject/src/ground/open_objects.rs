//! Which objects are open, runtime by runtime, while a test wants to know.
//!
//! An object is known by the address of the place where it was made: a watched one gets a copy of that place of its
//! own. So an object is no larger for it, and while nobody watches, it costs a look at a counter.

use std::collections::HashMap;
use std::fmt;
use std::panic::Location;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use tokio::runtime::{Handle, Id};

use crate::ground::blueprint::Blueprint;

type Place = &'static Location<'static>;

/// How many runtimes are watched.
static WATCHED: AtomicUsize = AtomicUsize::new(0);
static STATE: LazyLock<Mutex<State>> = LazyLock::new(Mutex::default);

#[derive(Default)]
struct State {
    /// Of each watched runtime, what was dropped unclosed.
    dropped: HashMap<Id, Vec<Left>>,
    /// By the address of its place.
    open: HashMap<usize, (Id, Left, Place)>,
    /// Places of objects that are alive, and not watched any more.
    retired: Vec<Place>,
    /// Places of objects that are gone, to be used again: they are leaked, so there must not be more than needed.
    spare: HashMap<Location<'static>, Vec<Place>>,
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
    WATCHED.fetch_add(1, Ordering::SeqCst);
}

/// What was left until now.
pub(crate) fn end(runtime: Id) -> Vec<Left> {
    let mut state = lock();
    let Some(mut left) = state.dropped.remove(&runtime) else {
        return Vec::new();
    };
    WATCHED.fetch_sub(1, Ordering::SeqCst);
    let State { open, retired, .. } = &mut *state;
    for (_, (_, alive, own)) in open.extract_if(|_, (of, ..)| *of == runtime) {
        left.push(alive);
        retired.push(own);
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

/// Of little more than that consists what is inlined everywhere.
#[inline]
fn is_watching() -> bool {
    WATCHED.load(Ordering::Relaxed) > 0
}

/// An object was made; the place by which it is known.
#[inline]
pub(crate) fn made(object: fn() -> Blueprint, made_at: Place) -> Place {
    if is_watching() {
        watch(object, made_at)
    } else {
        made_at
    }
}

/// An object is being closed, or was forgotten.
#[inline]
pub(crate) fn closing(made_at: Place) {
    if is_watching() {
        unwatch(made_at, false);
    }
}

/// An object was dropped by its owner, unclosed.
#[inline]
pub(crate) fn dropped(made_at: Place) {
    if is_watching() {
        unwatch(made_at, true);
    }
}

#[cold]
#[inline(never)]
fn unwatch(made_at: Place, unclosed: bool) {
    let mut state = lock();
    if let Some((runtime, left)) = state.remove(made_at)
        && let Some(dropped) = state.dropped.get_mut(&runtime)
        && unclosed
    {
        dropped.push(Left {
            alive: false,
            ..left
        });
    }
}

#[cold]
#[inline(never)]
fn watch(object: fn() -> Blueprint, made_at: Place) -> Place {
    let Ok(runtime) = Handle::try_current().map(|runtime| runtime.id()) else {
        return made_at;
    };
    let mut state = lock();
    if !state.dropped.contains_key(&runtime) {
        return made_at;
    }
    let spare = state.spare.get_mut(made_at).and_then(Vec::pop);
    let own = spare.unwrap_or_else(|| Box::leak(Box::new(*made_at)));
    state.open.insert(
        address(own),
        (
            runtime,
            Left {
                object,
                made_at,
                alive: true,
            },
            own,
        ),
    );
    own
}

impl State {
    fn remove(&mut self, made_at: Place) -> Option<(Id, Left)> {
        let (runtime, left, own) = self.open.remove(&address(made_at))?;
        self.spare.entry(*own).or_default().push(own);
        Some((runtime, left))
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
