//! The parts of an init that were in flight when its limit expired.
//!
//! An init that overruns is dropped. During that drop, every object and field that is dropped half-made records
//! its path here. If nobody watches, nothing is recorded or allocated.

use std::cell::{Cell, RefCell};

use crate::ground::path::PathSegment;

thread_local! {
    static WATCHERS: Cell<usize> = const { Cell::new(0) };
    static PATHS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Drops something half-made. Returns the paths of its parts that were in flight, in order of start.
pub(crate) fn watch(drop: impl FnOnce()) -> Vec<String> {
    let base = length();
    WATCHERS.set(WATCHERS.get() + 1);
    drop();
    WATCHERS.set(WATCHERS.get() - 1);
    PATHS
        .try_with(|paths| paths.borrow_mut().split_off(base))
        .unwrap_or_default()
}

/// Drops a part of it. Adds `segment` to the paths recorded in that part, or records the part itself if there are
/// none.
pub(crate) fn part(segment: &PathSegment, drop: impl FnOnce()) {
    if WATCHERS.get() == 0 {
        return drop();
    }
    let base = length();
    drop();
    let _ = PATHS.try_with(|paths| {
        let mut paths = paths.borrow_mut();
        if paths.len() == base {
            paths.push(String::new());
        }
        for path in paths.iter_mut().skip(base) {
            *path = segment.apply(path);
        }
    });
}

fn length() -> usize {
    PATHS.try_with(|paths| paths.borrow().len()).unwrap_or(0)
}
