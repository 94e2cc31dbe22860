//! One close, many waiters: any of them that is polled drives it.

use std::mem;
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll, Wake};

use slab::Slab;

use crate::ground::error::Error;
use crate::ground::share_waits::ShareWait;
use crate::ground::shared_build::{OnError, SharedBuild, WaiterKey};
use crate::ground::sync::{Mutex, MutexGuard};
use crate::kernel::callers::Callers;
use crate::kernel::job::Job;

/// Where the last owner puts the close for its waiters. Dropped with the close in it, when nobody waits any more, it
/// hands the close over.
pub(crate) struct SharedClose {
    state: Mutex<State>,
    build: Arc<SharedBuild<Job, ()>>,
}

#[derive(Default)]
struct State {
    /// Handed over, and not begun, or put back by a waiter that went.
    close: Option<Job>,
    /// The tasks that wait: the close must not wait for one of them, whichever waiter drives it.
    callers: Slab<Callers>,
}

impl SharedClose {
    pub(crate) fn new() -> Arc<Self> {
        let state = Mutex::new(State::default());
        Arc::new(Self {
            state,
            build: SharedBuild::new(Job::nothing()),
        })
    }

    /// Gives the close to the waiters.
    pub(crate) fn hand_over(&self, close: Job) {
        self.lock().close = Some(close);
        self.build.wake_by_ref();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Jobs are only moved under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One waiter.
pub(crate) struct Waiter {
    close: Arc<SharedClose>,
    key: WaiterKey,
    /// Its place among the callers, since its first poll.
    caller: Option<usize>,
    /// Until the close begins.
    noticed: Option<ShareWait>,
}

impl Waiter {
    pub(crate) fn of(close: &Arc<SharedClose>) -> Self {
        Self {
            close: Arc::clone(close),
            key: WaiterKey::NONE,
            caller: None,
            noticed: None,
        }
    }

    /// The same waiter, which is noticed if the wait is long.
    pub(crate) fn noticed(mut self, wait: Option<ShareWait>) -> Self {
        self.noticed = wait;
        self
    }

    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        if self.caller.is_none() {
            self.enter();
        }
        let Self {
            close: shared,
            key,
            noticed,
            ..
        } = self;
        shared.build.poll(key, cx, OnError::Remember, |close, cx| {
            if close.has_ended() {
                match mem::take(&mut shared.lock().close) {
                    Some(handed_over) => *close = handed_over,
                    None => return Poll::Pending,
                }
                *noticed = None;
            }
            let callers: Vec<_> = shared
                .lock()
                .callers
                .iter()
                .map(|(_, one)| one.clone())
                .collect();
            let polled = Callers::tasks_of(callers).around(|| close.poll(cx));
            if polled.is_ready() {
                // Also resolves the wait for its end.
                *close = Job::nothing();
            }
            polled
        })
    }

    /// A task that waits may be one that the close waits for: the close looks again.
    fn enter(&mut self) {
        let callers = Callers::current();
        let is_task = callers.has_tasks();
        self.caller = Some(self.close.lock().callers.insert(callers));
        if is_task {
            self.close.build.wake_by_ref();
        }
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let Self {
            close: shared,
            key,
            caller,
            ..
        } = self;
        if let Some(caller) = caller.take() {
            let gone = shared.lock().callers.remove(caller);
            drop(gone);
        }
        // Back to where a waiter finds it that has not been polled yet.
        shared.build.stop_waiting(key, |close| {
            if !close.has_ended() {
                shared.lock().close = Some(close.take());
            }
        });
    }
}
#[cfg(all(test, aobject_loom))]
mod model {
    use std::future::poll_fn;
    use std::sync::Arc;
    use std::task::Poll;

    use loom::future::block_on;
    use loom::model::Builder;
    use loom::thread;

    use super::{SharedClose, Waiter};
    use crate::kernel::job::Job;

    /// Pending once.
    fn closing() -> Job {
        let mut polled = false;
        Job::of_future(poll_fn(move |cx| {
            if std::mem::replace(&mut polled, true) {
                return Poll::Ready(Ok(()));
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        }))
    }

    /// Of two waiters, one leaves at any time; the other gets the result.
    #[test]
    fn one_of_two_who_wait_goes_and_the_other_is_told() {
        let mut model = Builder::new();
        model.preemption_bound = Some(3);
        model.check(|| {
            let close = SharedClose::new();
            let [staying, going] = [(); 2].map(|()| Waiter::of(&close));
            let other = Arc::clone(&close);
            let owner = thread::spawn(move || other.hand_over(closing()));
            let goes = thread::spawn(move || {
                let mut going = going;
                block_on(poll_fn(|cx| {
                    let _ = going.poll(cx);
                    Poll::Ready(())
                }));
                drop(going);
            });
            drop(close);
            let mut staying = staying;
            block_on(poll_fn(|cx| staying.poll(cx))).expect("it closes");
            owner.join().expect("no panics");
            goes.join().expect("no panics");
        });
    }
}
