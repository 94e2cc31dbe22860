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

/// Made by the first call that does not find the object.
pub(crate) struct Guard<T: AObject, K: Clone + Send + 'static>(OnceLock<Arc<Once<Build<T>, K>>>);

/// How a cell is made.
#[derive(Clone, Copy)]
pub(crate) struct Policy {
    pub(crate) after: After,
    pub(crate) limit: Option<Duration>,
}

impl Policy {
    pub(crate) const DEFAULT: Self = Self { after: After::Retry, limit: None };
}

/// One who waits for a cell.
pub(crate) struct Waiter {
    ticket: Ticket,
    wait: Option<Wait>,
}

impl Waiter {
    #[inline]
    pub(crate) const fn new() -> Self {
        Self { ticket: Ticket::NONE, wait: None }
    }

    /// Whether there is anything to [leave](Guard::leave).
    #[inline]
    pub(crate) fn waits(&self) -> bool {
        self.ticket.is_held() || self.wait.is_some()
    }
}

impl<T: AObject, K: Clone + Send + 'static> Guard<T, K> {
    pub(crate) const fn new() -> Self {
        Self(OnceLock::new())
    }

    pub(crate) fn once(&self) -> &Arc<Once<Build<T>, K>> {
        self.0.get_or_init(|| Once::new(Build::new()))
    }

    /// Waits for the object, and makes it if nobody else is at it. `keep` gets what was made.
    pub(crate) fn poll(
        &self,
        waiter: &mut Waiter,
        cx: &mut Context<'_>,
        policy: Policy,
        begin: &dyn Fn() -> Making<T>,
        keep: impl FnOnce(Live<T>) -> K,
    ) -> Poll<Result<K, Error>> {
        let once = self.once();
        if let Err(reentered) = Wait::note(&mut waiter.wait, node(once)) {
            self.leave(waiter);
            return Poll::Ready(Err(named::<T>(reentered)));
        }
        let drive = |build: &mut Build<T>, cx: &mut Context<'_>| {
            let polled = reentry::within(node(once), || build.poll(begin, policy.limit, cx));
            polled.map(|result| result.map(keep).map_err(named::<T>))
        };
        let polled = once.poll(&mut waiter.ticket, cx, policy.after, drive);
        if polled.is_ready() {
            waiter.wait = None;
        }
        polled.map_err(named::<T>)
    }

    /// Waits no longer.
    pub(crate) fn leave(&self, waiter: &mut Waiter) {
        waiter.wait = None;
        if waiter.ticket.is_held() {
            let once = self.once();
            once.leave(&mut waiter.ticket, |build| reentry::within(node(once), || build.give_up()));
        }
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

fn node<T: AObject, K: Clone>(once: &Once<Build<T>, K>) -> Node {
    Node { id: once.id(), blueprint: T::blueprint }
}

/// What the object itself did not name.
fn named<T: AObject>(error: Error) -> Error {
    if error.path().is_empty() { error.named(Label::Object(T::blueprint)) } else { error }
}
