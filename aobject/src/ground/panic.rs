//! Catches panics.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::ground::error::{Error, Phase};

/// Runs user code, and turns a panic into an error.
///
/// `AssertUnwindSafe` is justified: code that panicked is never run again, only dropped.
#[inline]
pub(crate) fn catch_panic<R>(phase: Phase, run: impl FnOnce() -> R) -> Result<R, Error> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|payload| Error::panicked(phase, payload))
}
