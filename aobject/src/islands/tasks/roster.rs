//! The tasks that run, by key, and what became of those that have ended.

use std::borrow::Cow;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use slab::Slab;
use tokio::sync::{Notify, SetOnce};
use tokio::task::{AbortHandle, Id, try_id};
use tokio_util::sync::CancellationToken;

use crate::ground::error::{Error, Phase};
use crate::ground::errors::Errors;
use crate::ground::events::acts;
use crate::ground::events::life::Life;
use crate::ground::events::observers::is_observed;
use crate::ground::report;
use crate::ground::stopping::{self, Reason};
use crate::kernel::callers::{self, Wait};

/// What the tasks of one `Tasks` share.
#[derive(Default)]
pub(super) struct Roster {
    state: Mutex<State>,
    /// A task has ended, or has only its objects' closes left.
    changed: Notify,
    /// The first task that ended unasked.
    ended: SetOnce<Error>,
    /// Asks the tasks to end.
    cancel: CancellationToken,
    /// Drops the tasks.
    kill: CancellationToken,
    is_essential: AtomicBool,
}

#[derive(Default)]
struct State {
    running: Slab<Task>,
    errors: Errors,
    /// What is left is aborted, which has been reported as an overrun.
    is_aborted: bool,
}

struct Task {
    name: Cow<'static, str>,
    /// Since it is polled.
    id: Option<Id>,
    handle: Option<AbortHandle>,
    /// Its own work has ended, and the objects that it dropped are being closed.
    is_closing: bool,
}

impl Roster {
    pub(super) fn set_essential(&self) {
        // Read by tasks, which are spawned later.
        self.is_essential.store(true, Ordering::Relaxed);
    }

    pub(super) fn stop_token(&self) -> CancellationToken {
        self.cancel.child_token()
    }

    pub(super) fn cancel(&self) {
        self.cancel.cancel();
    }

    pub(super) fn kill(&self) {
        self.kill.cancel();
    }

    pub(super) async fn ended(&self) -> Error {
        self.ended.wait().await.clone()
    }

    pub(super) fn len(&self) -> usize {
        self.lock().running.len()
    }

    pub(super) fn has_nothing(&self) -> bool {
        let state = self.lock();
        state.running.is_empty() && state.errors.is_empty()
    }

    /// Of a task that may have ended meanwhile.
    pub(super) fn set_handle(&self, key: usize, handle: AbortHandle) {
        let mut handle = Some(handle);
        if let Some(task) = self.lock().running.get_mut(key) {
            task.handle = handle.take();
        }
    }

    /// Waits until every task has ended that does not itself wait for the close that runs.
    pub(super) async fn all_ended(&self) {
        loop {
            let changed = self.changed.notified();
            if self.is_awaited_by_all() {
                return;
            }
            let mut changed = std::pin::pin!(changed);
            // Looked at again at each poll: a task may wait for the close since the last one.
            let awaited = std::future::poll_fn(|cx| {
                if self.is_awaited_by_all() {
                    return std::task::Poll::Ready(true);
                }
                changed.as_mut().poll(cx).map(|()| false)
            });
            if awaited.await {
                return;
            }
        }
    }

    /// No task is left but those that wait for the close that runs: one that awaits it now, and one that awaits it when
    /// its own work has ended, and has.
    fn is_awaited_by_all(&self) -> bool {
        self.lock()
            .running
            .iter()
            .all(|(_, task)| match task.id.and_then(callers::wait_of) {
                None => false,
                Some(Wait::Now) => true,
                Some(Wait::InTheEnd) => task.is_closing,
            })
    }

    /// The tasks that a close still waits for, as errors.
    pub(super) fn overrun(&self, error: impl Fn() -> Error) {
        let mut state = self.lock();
        let State {
            running, errors, ..
        } = &mut *state;
        for (_, task) in running.iter() {
            if task.id.and_then(callers::wait_of).is_none() {
                // Nothing of the user's is in it.
                drop(errors.push(error().at(&task.name)));
            }
        }
    }

    /// Aborts what is left: it is dropped, and its closes continue in the background.
    pub(super) fn abort(&self) {
        let mut state = self.lock();
        state.is_aborted = true;
        let handles: Vec<_> = state
            .running
            .iter()
            .filter_map(|(_, task)| task.handle.clone())
            .collect();
        drop(state);
        handles.iter().for_each(AbortHandle::abort);
    }

    pub(super) fn take_errors(&self) -> Result<(), Error> {
        let errors = std::mem::take(&mut self.lock().errors);
        errors.into_result()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing of the user's runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A task's place in the roster, which the task itself holds. Dropped before [`end`](Self::end), the task was cut short.
pub(super) struct Entry {
    roster: Arc<Roster>,
    key: usize,
    spawned_at: &'static Location<'static>,
    /// Observed.
    life: Option<Arc<Life>>,
    has_ended: bool,
}

impl Entry {
    pub(super) fn add(
        roster: &Arc<Roster>,
        name: Cow<'static, str>,
        spawned_at: &'static Location<'static>,
    ) -> Self {
        let life = is_observed().then(|| acts::task(&name, spawned_at));
        let task = Task {
            name,
            id: None,
            handle: None,
            is_closing: false,
        };
        let key = roster.lock().running.insert(task);
        Self {
            roster: Arc::clone(roster),
            key,
            spawned_at,
            life,
            has_ended: false,
        }
    }

    pub(super) fn key(&self) -> usize {
        self.key
    }

    /// The task is polled for the first time.
    pub(super) fn enter(&self) {
        self.edit(|task| task.id = try_id());
    }

    pub(super) fn roster(&self) -> &Arc<Roster> {
        &self.roster
    }

    pub(super) fn spawned_at(&self) -> &'static Location<'static> {
        self.spawned_at
    }

    /// The task has ended; `None` if a waiter got its end.
    pub(super) fn end(mut self, ended: Option<Result<(), Error>>) {
        self.has_ended = true;
        if let Some(life) = self.life.take() {
            let result = ended
                .as_ref()
                .map_or(Ok(()), |ended| ended.as_ref().copied());
            acts::task_ended(&life, Some(result));
        }
        let Some(ended) = ended else { return };
        if self.roster.cancel.is_cancelled() {
            return self.keep(ended);
        }
        if let Err(error) = &ended {
            report::task_failed(&self.name(), error, self.spawned_at);
        }
        let error = ended.clone().err();
        self.ended_unasked(error.unwrap_or_else(|| Error::ended(Phase::Close)));
        self.keep(ended);
    }

    fn ended_unasked(&self, error: Error) {
        let error = error.at(&self.name());
        if self.roster.is_essential.load(Ordering::Relaxed) {
            stopping::stop(&Reason::Failed(Arc::new(error.clone())));
        }
        // An error: it was not the first.
        let _ = self.roster.ended.set(error);
    }

    fn keep(&self, ended: Result<(), Error>) {
        if let Err(error) = ended {
            let error = error.at(&self.name());
            let surplus = self.roster.lock().errors.push(error);
            // Not under the lock.
            drop(surplus);
        }
    }

    fn name(&self) -> Cow<'static, str> {
        self.roster
            .lock()
            .running
            .get(self.key)
            .map(|task| task.name.clone())
            .unwrap_or_default()
    }

    fn edit(&self, edit: impl FnOnce(&mut Task)) {
        self.roster.edit(self.key, edit);
    }
}

impl Roster {
    fn edit(&self, key: usize, edit: impl FnOnce(&mut Task)) {
        if let Some(task) = self.lock().running.get_mut(key) {
            edit(task);
        }
    }

    /// Whether a task has only its objects' closes left.
    pub(super) fn set_closing(&self, key: usize, is_closing: bool) {
        self.edit(key, |task| task.is_closing = is_closing);
        if is_closing {
            self.changed.notify_waiters();
        }
    }

    pub(super) fn name(&self, key: usize) -> Cow<'static, str> {
        self.lock()
            .running
            .get(key)
            .map(|task| task.name.clone())
            .unwrap_or_default()
    }

    pub(super) fn killed(&self) -> impl Future<Output = ()> + '_ {
        self.kill.cancelled()
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        if let Some(life) = self.life.take() {
            acts::task_ended(&life, None);
        }
        let mut state = self.roster.lock();
        if !self.has_ended && !state.is_aborted {
            drop(state);
            let lost = Error::lost();
            report::task_failed(&self.name(), &lost, self.spawned_at);
            self.keep(Err(lost.clone()));
            self.ended_unasked(lost);
            state = self.roster.lock();
        }
        let task = state.running.try_remove(self.key);
        drop(state);
        drop(task);
        self.roster.changed.notify_waiters();
    }
}
