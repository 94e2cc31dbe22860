//! The object of one key, or its init.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{Mutex, MutexGuard, oneshot};

use crate::ground::error::Error;
use crate::ground::shared_build::Stage;
use crate::handles::cell::init_attempt::InitAttempt;
use crate::handles::cell::{Cell, Waiter};
use crate::handles::closing::Closing;
use crate::handles::object::AObject;
use crate::handles::shared::Shared;
use crate::islands::slot::keyed::idle::Use;
use crate::kernel::job::Job;

/// The stage of the cell is the state of the entry: an init that has not begun, possibly because it waits for the
/// end of the previous object; a running init; or an object.
pub(super) struct Entry<T: AObject + Sync> {
    cell: Cell<T, Shared<T>>,
    /// Held during a change.
    changes: Mutex<()>,
    /// The number of objects taken out so far.
    generation: AtomicU64,
    pub(super) last_use: Arc<Use>,
}

impl<T: AObject + Sync> Entry<T> {
    pub(super) fn new(last_use: Arc<Use>) -> Self {
        Self {
            cell: Cell::new(),
            changes: Mutex::const_new(()),
            generation: AtomicU64::new(0),
            last_use,
        }
    }

    pub(super) fn get(&self) -> Option<Shared<T>> {
        self.cell.get()
    }

    pub(super) fn waiter(&self) -> Waiter<'_, T, Shared<T>> {
        self.cell.waiter()
    }

    /// The right to change the entry, in order of arrival.
    pub(super) async fn turn(&self) -> MutexGuard<'_, ()> {
        self.changes.lock().await
    }

    pub(super) fn is_made(&self) -> bool {
        self.cell.is_made()
    }

    pub(super) fn is_begun(&self) -> bool {
        self.cell.is_begun()
    }

    pub(super) fn is_vacant(&self) -> bool {
        self.cell.is_vacant()
    }

    pub(super) fn generation(&self) -> u64 {
        // Relaxed: written before the lock of the cell is released, and a caller takes that lock before it reads
        // this.
        self.generation.load(Ordering::Relaxed)
    }

    /// Takes the object out. The next one begins only after the close of this one has ended.
    pub(super) fn take(&self) -> Option<Shared<T>> {
        self.take_if(|_| true)
    }

    /// The close of the contents, whose errors get this path. No caller can reach the entry any more.
    pub(super) fn close(&self, path: Path) -> Job {
        match self.cell.take_all() {
            Stage::Made(object) => match object.close_last() {
                Ok(closing) => path.around(closing.into_job()),
                Err(still_shared) => Job::after_errors(vec![path.name(still_shared)], Vec::new()),
            },
            Stage::Idle(attempt) => attempt.into_job(),
            Stage::Polled | Stage::Failed(_) | Stage::Taken => Job::nothing(),
        }
    }

    /// Like [`take`](Self::take), if `is_due` returns true. The condition is checked under the lock.
    pub(super) fn take_if(&self, is_due: impl FnOnce(&Shared<T>) -> bool) -> Option<Shared<T>> {
        if !self.is_made() {
            return None;
        }
        let (end, ended) = oneshot::channel();
        let condition = |object: &Shared<T>| {
            let is_due = is_due(object);
            if is_due {
                self.generation.fetch_add(1, Ordering::Relaxed);
            }
            is_due
        };
        let build = self.cell.build();
        let object = build.take_made_if(InitAttempt::after(ended), condition)?;
        object.at_end(end);
        Some(object)
    }
}

/// An object's name with its key: `Registry["docker.io"]`.
pub(super) struct Path(String);

impl Path {
    pub(super) fn of<T: AObject>(key: &impl fmt::Debug) -> Self {
        Self(format!("{}[{key:?}]", T::blueprint().name()))
    }

    /// Puts this name at the root of the error's path.
    pub(super) fn name(&self, error: Error) -> Error {
        error.at(&self.0)
    }

    /// Wraps the close of an object, so that its errors get this name.
    pub(super) fn around(self, close: Job) -> Job {
        let made_at = close.made_at();
        let closing = Closing::of(close);
        let close = async move { Ok(closing.await.map_err(|error| self.name(error))?) };
        Job::of_future(close).made(made_at)
    }
}
