//! Panics end here.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::ground::error::{Error, Phase};

/// Runs a piece of user code; a panic becomes an error.
///
/// Unwind safety is not asserted to anyone: what panicked is never run again, only dropped.
#[inline]
pub(crate) fn catch_panic<R>(phase: Phase, run: impl FnOnce() -> R) -> Result<R, Error> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|payload| Error::panicked(phase, payload))
}
