//! The part that [`Lazy`](crate::Lazy) and [`Global`](crate::Global) have in common.

use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use super::build::{Build, Making};
use super::once::{After, Once, Stage, Ticket};
use super::reentry::{self, Node, Wait};
use crate::jobs::job::Job;
use crate::label::Label;
use crate::{AObject, Error, Live};

/// A cell for `T`, of which `K` is kept. What is in here is made by the first who does not find the object.
pub(crate) struct Guard<T: AObject, K: Clone + Send + 'static>(OnceLock<Arc<Cell<T, K>>>);

type Cell<T, K> = Once<Build<T>, K>;

/// How it is made.
#[derive(Clone, Copy)]
pub(crate) struct Policy {
    pub(crate) after: After,
    pub(crate) limit: Option<Duration>,
}

impl Policy {
    pub(crate) const DEFAULT: Self = Self {
        after: After::Retry,
        limit: None,
    };
}

impl<T: AObject, K: Clone + Send + 'static> Guard<T, K> {
    pub(crate) const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// One more who waits.
    pub(crate) const fn waiter(&self) -> Waiter<'_, T, K> {
        Waiter {
            guard: self,
            ticket: Ticket::NONE,
            wait: None,
        }
    }

    pub(crate) fn cell(&self) -> &Arc<Cell<T, K>> {
        self.0.get_or_init(|| Once::new(Build::new()))
    }

    pub(crate) fn get(&self) -> Option<K> {
        self.0.get()?.get()
    }

    /// What has to end before whatever the closure used may be closed. Nobody waits any more.
    pub(crate) fn into_job(mut self) -> Option<Job> {
        self.dismantle()?.into_job()
    }

    fn dismantle(&mut self) -> Option<Build<T>> {
        match self.0.take()?.dismantle() {
            Stage::Here(build) => Some(build),
            _ => None,
        }
    }
}

/// What is being made waits for its end in here, and so holds a waker that holds this: it has to be taken out.
impl<T: AObject, K: Clone + Send + 'static> Drop for Guard<T, K> {
    fn drop(&mut self) {
        self.dismantle().into_iter().for_each(Build::leave);
    }
}

/// One who waits, until it is dropped.
pub(crate) struct Waiter<'a, T: AObject, K: Clone + Send + 'static> {
    guard: &'a Guard<T, K>,
    ticket: Ticket,
    wait: Option<Wait>,
}

impl<T: AObject, K: Clone + Send + 'static> Waiter<'_, T, K> {
    /// Waits for the object, and makes it if nobody else is at it. `keep` gets what was made.
    pub(crate) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        policy: Policy,
        begin: &dyn Fn() -> Making<T>,
        keep: impl FnOnce(Live<T>) -> K,
    ) -> Poll<Result<K, Error>> {
        let cell = self.guard.cell();
        if let Err(reentered) = Wait::note(&mut self.wait, node(cell)) {
            self.leave();
            return Poll::Ready(Err(named::<T>(reentered)));
        }
        let drive = |build: &mut Build<T>, cx: &mut Context<'_>| {
            let polled = reentry::within(node(cell), || build.poll(begin, policy.limit, cx));
            polled.map(|result| result.map(keep).map_err(named::<T>))
        };
        let polled = cell.poll(&mut self.ticket, cx, policy.after, drive);
        if polled.is_ready() {
            Wait::end(&mut self.wait);
        }
        polled.map_err(named::<T>)
    }

    /// Waits until nobody drives the build, and takes it, or what was made, for ever.
    pub(crate) fn poll_take(&mut self, cx: &mut Context<'_>) -> Poll<Stage<Build<T>, K>> {
        self.guard.cell().poll_take(&mut self.ticket, cx)
    }

    fn leave(&mut self) {
        Wait::end(&mut self.wait);
        let cell = self.guard.cell();
        cell.leave(&mut self.ticket, |build| {
            reentry::within(node(cell), || build.give_up())
        });
    }
}

/// Cold: those who find the object do not wait.
impl<T: AObject, K: Clone + Send + 'static> Drop for Waiter<'_, T, K> {
    #[cold]
    fn drop(&mut self) {
        self.leave();
    }
}

fn node<T: AObject, K: Clone>(cell: &Once<Build<T>, K>) -> Node {
    Node {
        id: cell.id(),
        blueprint: T::blueprint,
    }
}

/// What the object itself did not name.
fn named<T: AObject>(error: Error) -> Error {
    if error.path().is_empty() {
        error.named(Label::Object(T::blueprint))
    } else {
        error
    }
}
