//! The locks of the hand-written protocols: the real ones, or those of the model checker.
//!
//! ```text
//! RUSTFLAGS="--cfg aobject_loom" cargo test -p aobject --lib --release model
//! ```

#[cfg(not(all(test, aobject_loom)))]
pub(crate) use std::sync::{Mutex, MutexGuard};

#[cfg(all(test, aobject_loom))]
pub(crate) use loom::sync::{Mutex, MutexGuard};
