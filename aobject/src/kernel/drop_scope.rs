//! Collects the jobs that are dropped on this thread while a future of the user's is polled or dropped.

use std::cell::{Cell, RefCell};

use crate::kernel::job::Job;

thread_local! {
    /// Polling looks at nothing else. Without a destructor, so that it outlives every other thread-local.
    static OPEN: Cell<Open> = const { Cell::new(Open { depth: 0, unowned: 0, collected: 0 }) };
    /// The jobs of all open scopes, each scope's behind those of the scope above it.
    static COLLECTED: RefCell<Vec<Job>> = const { RefCell::new(Vec::new()) };
}

#[derive(Clone, Copy)]
struct Open {
    /// How many scopes are open.
    depth: usize,
    /// How many of them are no more than the body of a program.
    unowned: usize,
    /// The length of `COLLECTED`.
    collected: usize,
}

/// Collects what is dropped on this thread until it is closed.
#[must_use]
pub(super) struct DropScope {
    /// Where this scope's jobs begin in `COLLECTED`.
    base: usize,
}

impl DropScope {
    #[inline]
    pub(super) fn open() -> Self {
        let open = OPEN.get();
        OPEN.set(Open {
            depth: open.depth + 1,
            ..open
        });
        Self {
            base: open.collected,
        }
    }

    /// Closes the scope; calls `receive` with its jobs in drop order, if there are any.
    #[inline]
    pub(super) fn close(self, receive: impl FnOnce(Vec<Job>)) {
        let open = OPEN.get();
        OPEN.set(Open {
            depth: open.depth - 1,
            collected: self.base,
            ..open
        });
        if open.collected != self.base {
            receive(take_from(self.base));
        }
    }
}

#[cold]
fn take_from(base: usize) -> Vec<Job> {
    let take = |collected: &RefCell<Vec<Job>>| match base {
        // Gives the buffer away too: it may have grown large.
        0 => collected.take(),
        _ => collected.borrow_mut().split_off(base),
    };
    COLLECTED.try_with(take).unwrap_or_default()
}

/// Runs code that has nothing to do with the scopes that are open: none of them waits for what it drops.
pub(crate) fn outside<R>(run: impl FnOnce() -> R) -> R {
    let _reopen = Reopen::with(Open {
        depth: 0,
        unowned: 0,
        ..OPEN.get()
    });
    run()
}

/// Runs code whose next scope is that of a program's body: it orders what the body drops, and closes nothing for it.
pub(crate) fn unowned<R>(run: impl FnOnce() -> R) -> R {
    let open = OPEN.get();
    let _reopen = Reopen::with(Open {
        unowned: open.depth + 1,
        ..open
    });
    run()
}

/// Whether the body of a program is polled, or dropped, on this thread.
pub(crate) fn is_in_body() -> bool {
    OPEN.get().unowned > 0
}

/// Restores what is open.
struct Reopen {
    depth: usize,
    unowned: usize,
}

impl Reopen {
    fn with(open: Open) -> Self {
        let Open { depth, unowned, .. } = OPEN.replace(open);
        Self { depth, unowned }
    }
}

impl Drop for Reopen {
    fn drop(&mut self) {
        let Self { depth, unowned } = *self;
        OPEN.set(Open {
            depth,
            unowned,
            ..OPEN.get()
        });
    }
}

/// Whether a scope collects what is dropped now.
#[inline]
pub(crate) fn is_open() -> bool {
    OPEN.get().depth > 0
}

/// Where the innermost scope stands, for [`take_since`].
#[inline]
pub(crate) fn mark() -> usize {
    OPEN.get().collected
}

/// Takes what the innermost scope has collected since then, if anything.
#[inline]
pub(crate) fn take_since(mark: usize) -> Option<Vec<Job>> {
    let open = OPEN.get();
    (open.collected != mark).then(|| {
        let jobs = take_from(mark);
        OPEN.set(Open {
            collected: mark,
            ..open
        });
        jobs
    })
}

/// How many scopes are open.
pub(super) fn depth() -> usize {
    OPEN.get().depth
}

/// Whether another object, or a body with an object of its own, closes what is dropped now.
pub(crate) fn is_owned() -> bool {
    let open = OPEN.get();
    open.depth > open.unowned
}

/// Gives a job to the innermost scope; yields it back if none is open.
pub(super) fn collect(job: Job) -> Option<Job> {
    let open = OPEN.get();
    if open.depth == 0 {
        return Some(job);
    }
    let mut job = Some(job);
    // The list is gone when the thread is going down.
    let _ = COLLECTED.try_with(|collected| collected.borrow_mut().extend(job.take()));
    if job.is_none() {
        OPEN.set(Open {
            collected: open.collected + 1,
            ..open
        });
    }
    job
}
