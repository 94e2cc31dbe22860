//! What the hand-written protocols are built of: the real thing, or that of the model checker.
//!
//! ```text
//! RUSTFLAGS="--cfg aobject_loom" cargo test -p aobject --lib --release model
//! ```

#[cfg(not(all(test, aobject_loom)))]
pub(crate) use std::sync::{Mutex, MutexGuard};

#[cfg(all(test, aobject_loom))]
pub(crate) use loom::sync::{Mutex, MutexGuard};
