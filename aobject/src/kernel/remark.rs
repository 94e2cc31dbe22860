//! What a close has to say without having failed, on its way up to where its path is whole.
//!
//! A remark is a job that is dropped, and so travels from drop scope to drop scope, each of which adds the name of what is
//! polled in it. Where none is open, it is reported.

use crate::ground::path::PathSegment;
use crate::kernel::drop_scope::{self, DropScope};
use crate::kernel::job::Job;

/// Runs code whose remarks are named by `name` too.
#[inline]
pub(crate) fn within<R>(name: impl FnOnce() -> PathSegment, run: impl FnOnce() -> R) -> R {
    let mark = drop_scope::mark();
    let result = run();
    if drop_scope::mark() != mark {
        let collected = drop_scope::take_since(mark).unwrap_or_default();
        forward_all(collected, name());
    }
    result
}

/// The same where the innermost scope is that of something else, or none is open.
pub(super) fn apart<R>(name: PathSegment, run: impl FnOnce() -> R) -> R {
    let scope = DropScope::open();
    let result = run();
    scope.close(|collected| forward_all(collected, name));
    result
}

#[cold]
fn forward_all(collected: Vec<Job>, name: PathSegment) {
    for job in collected {
        drop(if job.is_remark() {
            job.named(name)
        } else {
            job
        });
    }
}

/// Passes the remarks among what a scope has collected on to the next scope.
#[cold]
pub(super) fn forward(collected: &mut Vec<Job>, name: PathSegment) {
    let remarks = collected.extract_if(.., |job| job.is_remark());
    remarks.for_each(|remark| drop(remark.named(name)));
}
