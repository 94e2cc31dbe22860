//! Whether anybody looks at objects: a test for what is left open, or an observer. One load answers for both.

use std::sync::atomic::{AtomicUsize, Ordering};

/// With `--cfg aobject_observed`, from the first instruction: for a second run of all tests.
static NUMBER: AtomicUsize = AtomicUsize::new(cfg!(aobject_observed) as usize);

/// Tests look from the same thread, observers from any: what is made beside the begin may be missed.
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
