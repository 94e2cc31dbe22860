//! The tasks that wait for the code that runs: a close must not wait for a task that waits for that close.

use std::cell::RefCell;

use tokio::task::{Id, try_id};

/// How a task waits for a close.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    /// The task awaits it, and continues when it has ended.
    Now,
    /// The task dropped it while it was pending itself, and awaits it when its own work has ended.
    InTheEnd,
}

/// The tasks that wait for one close.
#[derive(Clone)]
#[expect(
    clippy::box_collection,
    reason = "one word in every job, most of which have none"
)]
pub(crate) struct Callers(Option<Box<Vec<(Id, Wait)>>>);

thread_local! {
    /// Besides the task that is polled.
    static AROUND: RefCell<Vec<(Id, Wait)>> = const { RefCell::new(Vec::new()) };
}

/// How a task waits for the code that runs, if it does.
pub(crate) fn wait_of(task: Id) -> Option<Wait> {
    if try_id() == Some(task) {
        return Some(Wait::Now);
    }
    let find = |around: &RefCell<Vec<(Id, Wait)>>| {
        around
            .borrow()
            .iter()
            .rev()
            .find(|(id, _)| *id == task)
            .map(|(_, wait)| *wait)
    };
    AROUND.try_with(find).ok().flatten()
}

impl Default for Callers {
    fn default() -> Self {
        Self::NONE
    }
}

impl Callers {
    pub(crate) const NONE: Self = Self(None);

    /// The tasks that wait for the code that runs.
    pub(crate) fn current() -> Self {
        let mut tasks = AROUND
            .try_with(|around| around.borrow().clone())
            .unwrap_or_default();
        tasks.extend(try_id().map(|id| (id, Wait::Now)));
        if tasks.is_empty() {
            Self::NONE
        } else {
            Self(Some(Box::new(tasks)))
        }
    }

    /// The tasks of all of them.
    pub(crate) fn all(callers: impl IntoIterator<Item = Self>) -> Self {
        let tasks: Vec<_> = callers
            .into_iter()
            .filter_map(|one| one.0)
            .flat_map(|one| *one)
            .collect();
        if tasks.is_empty() {
            Self::NONE
        } else {
            Self(Some(Box::new(tasks)))
        }
    }

    /// The same tasks, which await it when their own work has ended.
    pub(crate) fn in_the_end(mut self) -> Self {
        for (_, wait) in self.0.iter_mut().flat_map(|tasks| tasks.iter_mut()) {
            *wait = Wait::InTheEnd;
        }
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Runs code that these tasks wait for.
    pub(crate) fn around<R>(&self, run: impl FnOnce() -> R) -> R {
        match &self.0 {
            None => run(),
            Some(tasks) => {
                let _leave = Leave::enter(tasks);
                run()
            }
        }
    }
}

struct Leave {
    before: Option<usize>,
}

impl Leave {
    fn enter(tasks: &[(Id, Wait)]) -> Self {
        let before = AROUND.try_with(|around| {
            let mut around = around.borrow_mut();
            let before = around.len();
            around.extend_from_slice(tasks);
            before
        });
        Self {
            before: before.ok(),
        }
    }
}

impl Drop for Leave {
    fn drop(&mut self) {
        if let Some(before) = self.before {
            let _ = AROUND.try_with(|around| around.borrow_mut().truncate(before));
        }
    }
}
