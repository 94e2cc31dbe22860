//! The locks of the hand-written protocols: the real ones, or those of the model checker.
//!
//! ```text
//! RUSTFLAGS="--cfg aobject_loom" cargo test -p aobject --lib --release model
//! ```

#[cfg(not(all(test, aobject_loom)))]
pub(crate) use std::sync::{Mutex, MutexGuard};

#[cfg(all(test, aobject_loom))]
pub(crate) use modelled::{Mutex, MutexGuard};

#[cfg(all(test, aobject_loom))]
mod modelled {
    use std::sync::{LockResult, OnceLock};

    pub(crate) use loom::sync::MutexGuard;

    /// The model checker's, which is made at its first lock: it cannot be made in a constant.
    pub(crate) struct Mutex<T> {
        value: std::sync::Mutex<Option<T>>,
        modelled: OnceLock<loom::sync::Mutex<T>>,
    }

    impl<T> Mutex<T> {
        pub(crate) const fn new(value: T) -> Self {
            Self {
                value: std::sync::Mutex::new(Some(value)),
                modelled: OnceLock::new(),
            }
        }

        pub(crate) fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
            let value = || self.value.lock().expect("no panics").take();
            self.modelled
                .get_or_init(|| loom::sync::Mutex::new(value().expect("taken once")))
                .lock()
        }
    }
}
