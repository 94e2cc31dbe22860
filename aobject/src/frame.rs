//! Where a close goes that nobody waits for.
//!
//! **The invariant.** A [`Job`] is a close that has to run. At any time it has one owner: the future that
//! awaits it, the list below, or a background task. An owner that goes away before the job has ended *leaves*
//! it here, and here it finds the next one:
//!
//! - While a frame is open on this thread, the job waits in the frame, in the order in which it was left.
//! - Every future of the library polls *and drops* what it holds inside a frame of its own. When it fails, it
//!   awaits what was left in the frame before it tells the error: that is the rollback, for errors, panics and
//!   limits, of derived, nested and hand-written objects alike. When it is pending, or dropped itself, it leaves
//!   what it found as one ordered job to the frame above.
//! - With no frame open, the job becomes a background task. So the outermost future that is dropped makes one
//!   task of everything below it, dependents first.
//!
//! So dropping is the only way to give up an object, and nothing but `Drop` has to know about rollback.

use std::cell::{Cell, RefCell};

use crate::background;
use crate::job::Job;
use crate::label::Label;

thread_local! {
    /// Polling looks at nothing else. Without a destructor, so that it outlives every other thread-local.
    static OPEN: Cell<Open> = const { Cell::new(Open { depth: 0, left: 0 }) };
    /// The jobs of all open frames, each frame's behind those of the frame above it.
    static LEFT: RefCell<Vec<Job>> = const { RefCell::new(Vec::new()) };
}

#[derive(Clone, Copy)]
struct Open {
    /// How many frames are open.
    depth: usize,
    /// The length of `LEFT`.
    left: usize,
}

/// Collects what is left on this thread until it is closed.
#[must_use]
pub(crate) struct Frame {
    /// Where this frame's jobs begin in `LEFT`.
    base: usize,
}

impl Frame {
    #[inline]
    pub(crate) fn open() -> Self {
        let open = OPEN.get();
        OPEN.set(Open { depth: open.depth + 1, ..open });
        Self { base: open.left }
    }

    /// Closes the frame and hands over what was left in it, in order.
    #[inline]
    pub(crate) fn close(self) -> Vec<Job> {
        let open = OPEN.get();
        let jobs = if open.left == self.base { Vec::new() } else { take_from(self.base) };
        OPEN.set(Open { depth: open.depth - 1, left: self.base });
        jobs
    }
}

#[cold]
fn take_from(base: usize) -> Vec<Job> {
    LEFT.try_with(|left| left.borrow_mut().split_off(base)).unwrap_or_default()
}

/// Gives a job up to whoever is next to own it; see the invariant.
pub(crate) fn leave(job: Job) {
    let open = OPEN.get();
    if open.depth == 0 {
        return background::spawn(job);
    }
    let mut job = Some(job);
    // The list is gone when the thread is going down.
    let _ = LEFT.try_with(|left| left.borrow_mut().extend(job.take()));
    match job {
        None => OPEN.set(Open { left: open.left + 1, ..open }),
        Some(job) => background::spawn(job),
    }
}

/// Leaves what a frame collected as one ordered job, whose errors are named by `label`.
#[inline]
pub(crate) fn leave_all(jobs: Vec<Job>, label: Label) {
    if !jobs.is_empty() {
        leave_some(jobs, label);
    }
}

#[cold]
fn leave_some(jobs: Vec<Job>, label: Label) {
    if let Some(job) = Job::sequence(jobs) {
        leave(job.labelled(label));
    }
}
