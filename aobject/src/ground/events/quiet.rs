//! What an observer or a subscriber does itself is not reported to it.

use std::cell::Cell;

thread_local! {
    static IS_QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs code of an observer, unless this is such code already.
pub(super) fn quietly<R>(run: impl FnOnce() -> R) -> Option<R> {
    // Without the thread-local the thread goes down, and with it what an observer might use.
    if IS_QUIET.try_with(|is_quiet| is_quiet.replace(true)) != Ok(false) {
        return None;
    }
    let _loud = Loud;
    Some(run())
}

struct Loud;

impl Drop for Loud {
    fn drop(&mut self) {
        let _ = IS_QUIET.try_with(|is_quiet| is_quiet.set(false));
    }
}
