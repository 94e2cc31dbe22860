//! The lock of `once.rs`: the standard library's, or that of the model checker.

#[cfg(all(test, aobject_loom))]
pub(super) use loom::sync::{Mutex, MutexGuard};
#[cfg(not(all(test, aobject_loom)))]
pub(super) use std::sync::{Mutex, MutexGuard};
