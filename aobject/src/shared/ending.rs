//! The close of a shared object, for which many may wait.

use std::mem;
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll, Wake};

use crate::lazy::once::{After, Once, Ticket};
use crate::sync::{Mutex, MutexGuard};
use crate::{Closing, Error};

/// Where the last owner puts the close for those who wait. Dropped with it, when nobody is left to wait, it leaves the
/// close to the background.
pub(crate) struct Ending {
    handed_over: Mutex<Option<Closing>>,
    /// Who is polled drives it.
    once: Arc<Once<Option<Closing>, ()>>,
}

impl Ending {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            handed_over: Mutex::new(None),
            once: Once::new(None),
        })
    }

    pub(crate) fn hand_over(&self, closing: Closing) {
        *self.lock() = Some(closing);
        self.once.wake_by_ref();
    }

    fn lock(&self) -> MutexGuard<'_, Option<Closing>> {
        // Only moved under the lock.
        self.handed_over
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// One who waits.
pub(crate) struct Awaited {
    ending: Arc<Ending>,
    ticket: Ticket,
}

impl Awaited {
    pub(crate) fn of(ending: &Arc<Ending>) -> Self {
        Self {
            ending: Arc::clone(ending),
            ticket: Ticket::NONE,
        }
    }

    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let Self { ending, ticket } = self;
        ending
            .once
            .poll(ticket, cx, After::Remember, |closing, cx| {
                if closing.is_none() {
                    *closing = mem::take(&mut *ending.lock());
                }
                let Some(begun) = closing else {
                    return Poll::Pending;
                };
                let polled = begun.poll_now(cx);
                if polled.is_ready() {
                    *closing = None;
                }
                polled
            })
    }
}

impl Drop for Awaited {
    fn drop(&mut self) {
        let Self { ending, ticket } = self;
        // Back to where one finds it who has not been polled yet. What has not begun is still there.
        ending.once.leave(ticket, |closing| {
            if closing.is_some() {
                *ending.lock() = closing.take();
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

    use super::{Awaited, Ending};
    use crate::Closing;
    use crate::jobs::job::Job;

    /// Pending once.
    fn closing() -> Closing {
        let mut polled = false;
        Closing::of(Job::of_future(poll_fn(move |cx| {
            if std::mem::replace(&mut polled, true) {
                return Poll::Ready(Ok(()));
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        })))
    }

    /// Of two who wait, one goes, whenever that is; the other is told.
    #[test]
    fn one_of_two_who_wait_goes_and_the_other_is_told() {
        let mut model = Builder::new();
        model.preemption_bound = Some(3);
        model.check(|| {
            let ending = Ending::new();
            let [staying, going] = [(); 2].map(|()| Awaited::of(&ending));
            let other = Arc::clone(&ending);
            let owner = thread::spawn(move || other.hand_over(closing()));
            let goes = thread::spawn(move || {
                let mut going = going;
                block_on(poll_fn(|cx| {
                    let _ = going.poll(cx);
                    Poll::Ready(())
                }));
                drop(going);
            });
            drop(ending);
            let mut staying = staying;
            block_on(poll_fn(|cx| staying.poll(cx))).expect("it closes");
            owner.join().expect("no panics");
            goes.join().expect("no panics");
        });
    }
}
