//! Who waits for the code that runs: tasks, and the cell whose init it is part of. A close must not wait for a task that
//! waits for that close, and an init not for itself.

use std::cell::{Cell, RefCell};

use tokio::task::{Id, try_id};

use crate::ground::blueprint::Blueprint;

/// How a task waits for a close.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    /// The task awaits it, and continues when it has ended.
    Now,
    /// The task dropped it while it was pending itself, and awaits it when its own work has ended.
    InTheEnd,
}

/// A cell, and what is made in it.
#[derive(Clone, Copy)]
pub(crate) struct Node {
    pub(crate) id: usize,
    pub(crate) blueprint: fn() -> Blueprint,
}

/// The tasks, and the cell, that wait for one close.
#[derive(Clone, Default)]
pub(crate) struct Callers(Option<Box<Inner>>);

#[derive(Clone, Default)]
struct Inner {
    tasks: Vec<(Id, Wait)>,
    cell: Option<Node>,
}

thread_local! {
    /// Besides the task that is polled.
    static TASKS: RefCell<Vec<(Id, Wait)>> = const { RefCell::new(Vec::new()) };
    /// The cell whose code runs.
    static CELL: Cell<Option<Node>> = const { Cell::new(None) };
}

/// How a task waits for the code that runs, if it does.
pub(crate) fn wait_of(task: Id) -> Option<Wait> {
    if try_id() == Some(task) {
        return Some(Wait::Now);
    }
    let find = |tasks: &RefCell<Vec<(Id, Wait)>>| {
        tasks
            .borrow()
            .iter()
            .rev()
            .find(|(id, _)| *id == task)
            .map(|(_, wait)| *wait)
    };
    TASKS.try_with(find).ok().flatten()
}

/// The cell whose code runs on this thread, if it is a cell's.
pub(crate) fn cell() -> Option<Node> {
    CELL.get()
}

/// Runs a cell's code, or code of none.
pub(crate) fn within<R>(cell: Option<Node>, run: impl FnOnce() -> R) -> R {
    struct Restore(Option<Node>);
    impl Drop for Restore {
        fn drop(&mut self) {
            CELL.set(self.0);
        }
    }
    let _restore = Restore(CELL.replace(cell));
    run()
}

impl Callers {
    pub(crate) const NONE: Self = Self(None);

    /// The callers of the code that runs.
    pub(crate) fn current() -> Self {
        let mut tasks = TASKS
            .try_with(|tasks| tasks.borrow().clone())
            .unwrap_or_default();
        tasks.extend(try_id().map(|id| (id, Wait::Now)));
        Self::of(Inner {
            tasks,
            cell: cell(),
        })
    }

    /// Of the callers of the code that runs, the cell alone.
    pub(crate) fn current_cell() -> Self {
        Self::of(Inner {
            tasks: Vec::new(),
            cell: cell(),
        })
    }

    /// The tasks of all of them.
    pub(crate) fn tasks_of(callers: impl IntoIterator<Item = Self>) -> Self {
        let callers = callers.into_iter().filter_map(|one| one.0);
        Self::of(Inner {
            tasks: callers.flat_map(|one| one.tasks).collect(),
            cell: cell(),
        })
    }

    fn of(inner: Inner) -> Self {
        let is_empty = inner.tasks.is_empty() && inner.cell.is_none();
        if is_empty {
            Self::NONE
        } else {
            Self(Some(Box::new(inner)))
        }
    }

    /// The same callers, whose tasks await it when their own work has ended.
    pub(crate) fn in_the_end(mut self) -> Self {
        for (_, wait) in self.0.iter_mut().flat_map(|inner| inner.tasks.iter_mut()) {
            *wait = Wait::InTheEnd;
        }
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    pub(crate) fn has_tasks(&self) -> bool {
        self.0.as_ref().is_some_and(|inner| !inner.tasks.is_empty())
    }

    /// Runs code that these callers wait for.
    pub(crate) fn around<R>(&self, run: impl FnOnce() -> R) -> R {
        match &self.0 {
            None => run(),
            Some(inner) => {
                let _leave = Leave::enter(&inner.tasks);
                within(inner.cell, run)
            }
        }
    }
}

struct Leave {
    before: Option<usize>,
}

impl Leave {
    fn enter(entered: &[(Id, Wait)]) -> Self {
        let before = TASKS.try_with(|tasks| {
            let mut tasks = tasks.borrow_mut();
            let before = tasks.len();
            tasks.extend_from_slice(entered);
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
            let _ = TASKS.try_with(|tasks| tasks.borrow_mut().truncate(before));
        }
    }
}
