//! Where jobs are left while a future of the library is polled or dropped. For the whole, see `jobs.rs`.

use std::cell::{Cell, RefCell};

use crate::jobs::background;
use crate::jobs::job::Job;
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
        OPEN.set(Open {
            depth: open.depth + 1,
            ..open
        });
        Self { base: open.left }
    }

    /// Closes the frame and hands over what was left in it, in order.
    #[inline]
    pub(crate) fn close(self) -> Vec<Job> {
        let open = OPEN.get();
        let jobs = if open.left == self.base {
            Vec::new()
        } else {
            take_from(self.base)
        };
        OPEN.set(Open {
            depth: open.depth - 1,
            left: self.base,
        });
        jobs
    }
}

#[cold]
fn take_from(base: usize) -> Vec<Job> {
    let take = |left: &RefCell<Vec<Job>>| match base {
        // With its memory, which may be much.
        0 => left.take(),
        _ => left.borrow_mut().split_off(base),
    };
    LEFT.try_with(take).unwrap_or_default()
}

/// Runs something that has nothing to do with the frames that are open: what it leaves is not theirs to wait for.
pub(crate) fn outside<R>(run: impl FnOnce() -> R) -> R {
    struct Reopen(usize);
    impl Drop for Reopen {
        fn drop(&mut self) {
            OPEN.set(Open {
                depth: self.0,
                ..OPEN.get()
            });
        }
    }
    let open = OPEN.get();
    OPEN.set(Open { depth: 0, ..open });
    let _reopen = Reopen(open.depth);
    run()
}

/// Whether what is left now is somebody's to close.
pub(crate) fn is_open() -> bool {
    OPEN.get().depth > 0
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
        None => OPEN.set(Open {
            left: open.left + 1,
            ..open
        }),
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
