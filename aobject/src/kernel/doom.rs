//! A start that is bound to fail, although its error has not arrived: the rollback of the part that failed is still
//! running. From then on nothing new starts in it. `certain` (in the handles) and [`graph`](crate::kernel::graph) give the
//! sign; a field of a graph and a start read it.
//!
//! The sign travels up in one poll, from a start to the start that awaits it and passes its error on. How many drop
//! scopes are open tells them apart: each start polls its init in a scope of its own.

use std::cell::Cell;

use crate::kernel::drop_scope;

thread_local! {
    /// How many scopes were open where the sign was given; `usize::MAX` if it was not.
    static DEPTH: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// Before a start is polled: no earlier sign is its own.
pub(crate) fn clear() {
    DEPTH.set(usize::MAX);
}

/// The start whose init runs is doomed.
pub(crate) fn give() {
    DEPTH.set(drop_scope::depth());
}

/// Whether the init that runs gave the sign since it was cleared.
pub(crate) fn is_given() -> bool {
    DEPTH.get() == drop_scope::depth()
}

/// Whether the init that was polled last by the init that runs gave the sign since it was cleared.
pub(crate) fn is_given_by_child() -> bool {
    DEPTH.get() == drop_scope::depth() + 1
}
