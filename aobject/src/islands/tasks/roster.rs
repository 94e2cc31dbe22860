//! The running tasks, by key, and the results of those that have ended.

use std::borrow::Cow;
use std::future::{Future, poll_fn};
use std::mem;
use std::panic::Location;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use slab::Slab;
use tokio::sync::oneshot::{self, error::TryRecvError};
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

/// The state shared by the tasks of one `Tasks`.
#[derive(Default)]
pub(super) struct Roster {
    state: Mutex<State>,
    /// Notified when a task has ended, or has only the closes of its objects left.
    changed: Notify,
    /// The error of the first task that ended without being asked to.
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
    /// Resolve when what a task held is closed, of those that were dropped meanwhile too.
    ends: Vec<(Option<Id>, oneshot::Receiver<()>)>,
    errors: Errors,
    /// The remaining tasks were aborted, which was already reported as an overrun.
    is_aborted: bool,
}

struct Task {
    name: Cow<'static, str>,
    /// Set at the first poll.
    id: Option<Id>,
    handle: Option<AbortHandle>,
    /// The work of the task has ended, and the objects that it dropped are being closed.
    is_closing: bool,
}

impl Roster {
    pub(super) fn set_essential(&self) {
        // Relaxed: only read by tasks, which are spawned later.
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
        state.running.is_empty() && state.ends.is_empty() && state.errors.is_empty()
    }

    /// The task may have ended meanwhile.
    pub(super) fn set_handle(&self, key: usize, handle: AbortHandle) {
        let mut handle = Some(handle);
        if let Some(task) = self.lock().running.get_mut(key) {
            task.handle = handle.take();
        }
    }

    /// Waits until every task has ended and the objects that it held are closed, except for tasks that wait for the
    /// running close themselves.
    pub(super) async fn all_ended(&self) {
        loop {
            let mut changed = pin!(self.changed.notified());
            // Checked at each poll, because a task may have begun to wait for the close since the last one.
            let ended = poll_fn(|cx| {
                if self.is_awaited_by_all() {
                    return self.poll_ends(cx).map(|()| true);
                }
                changed.as_mut().poll(cx).map(|()| false)
            });
            if ended.await {
                return;
            }
        }
    }

    /// A sender to be dropped when the objects that the current task held are closed.
    pub(super) fn expect_end(&self) -> oneshot::Sender<()> {
        let (end, ended) = oneshot::channel();
        let ends = &mut self.lock().ends;
        if ends.len() == ends.capacity() {
            ends.retain_mut(|(_, end)| end.try_recv() == Err(TryRecvError::Empty));
            // At least doubles before the next sweep.
            ends.reserve(ends.len() + 4);
        }
        ends.push((try_id(), ended));
        end
    }

    /// Ready when the objects that the tasks held are closed, except those of tasks that wait for the running close.
    fn poll_ends(&self, cx: &mut Context<'_>) -> Poll<()> {
        // Polled outside the lock, because the waker is the user's.
        let mut ends = mem::take(&mut self.lock().ends);
        ends.retain_mut(|(task, end)| {
            task.and_then(callers::wait_of).is_none() && Pin::new(end).poll(cx).is_pending()
        });
        if ends.is_empty() {
            return Poll::Ready(());
        }
        self.lock().ends.append(&mut ends);
        Poll::Pending
    }

    /// Whether all remaining tasks wait for the running close: they await it now, or will await it at their end
    /// and have only closes left.
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

    /// Adds an error for each task that a close still waits for.
    pub(super) fn overrun(&self, error: impl Fn() -> Error) {
        let mut state = self.lock();
        let State {
            running, errors, ..
        } = &mut *state;
        for (_, task) in running.iter() {
            if task.id.and_then(callers::wait_of).is_none() {
                // Contains no user code.
                drop(errors.push(error().at(&task.name)));
            }
        }
    }

    /// Aborts the remaining tasks. They are dropped, and their closes continue in the background.
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
        let errors = mem::take(&mut self.lock().errors);
        errors.into_result()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No user code runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The entry of a task in the roster, which the task itself holds. If it is dropped before [`end`](Self::end),
/// the task was cut short.
pub(super) struct Entry {
    roster: Arc<Roster>,
    key: usize,
    spawned_at: &'static Location<'static>,
    /// Set if the task is observed.
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

    /// Called when the task is first polled.
    pub(super) fn enter(&self) {
        self.edit(|task| task.id = try_id());
    }

    pub(super) fn roster(&self) -> &Arc<Roster> {
        &self.roster
    }

    pub(super) fn spawned_at(&self) -> &'static Location<'static> {
        self.spawned_at
    }

    /// Called when the task has ended. `ended` is `None` if a waiter got the result.
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
        // Fails if another task ended before.
        let _ = self.roster.ended.set(error);
    }

    fn keep(&self, ended: Result<(), Error>) {
        if let Err(error) = ended {
            let error = error.at(&self.name());
            let surplus = self.roster.lock().errors.push(error);
            // Dropped after the lock is released.
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

    /// Sets whether the task has only the closes of its objects left.
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
