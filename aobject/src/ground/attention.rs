//! Whether anyone observes objects: a test that looks for open objects, or an observer of events. One atomic load
//! answers for both.

use std::sync::atomic::{AtomicUsize, Ordering};

/// With `--cfg aobject_observed`, it starts at 1, so that a second run of all tests takes the observed paths.
static NUMBER: AtomicUsize = AtomicUsize::new(cfg!(aobject_observed) as usize);

/// Relaxed: a test observes from its own thread. Other observers may miss an object that is made concurrently
/// with their start.
#[inline]
pub(crate) fn is_paid() -> bool {
    NUMBER.load(Ordering::Relaxed) > 0
}

pub(crate) fn begin() {
    NUMBER.fetch_add(1, Ordering::SeqCst);
}

pub(crate) fn end() {
    NUMBER.fetch_sub(1, Ordering::SeqCst);
}
