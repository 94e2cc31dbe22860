//! An object that is made when it is first asked for: what [`Lazy`](crate::Lazy) and [`Global`](crate::Global) are made
//! of.

use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use crate::ground::error::Error;
use crate::ground::path::PathSegment;
use crate::ground::shared_build::{OnError, SharedBuild, Stage, WaiterKey};
use crate::handles::live::Live;
use crate::handles::object::AObject;
use crate::kernel::callers::{self, Node};
use crate::kernel::job::Job;

use init_attempt::{InitAttempt, Recipe};
use reentry::Wait;

pub(crate) mod init_attempt;
mod reentry;

/// A cell for `T`, of which `K` is kept. Its content is allocated by the first caller that does not find the object.
pub(crate) struct Cell<T: AObject, K: Clone + Send + 'static>(OnceLock<Arc<Build<T, K>>>);

type Build<T, K> = SharedBuild<InitAttempt<T>, K>;

/// How it is made.
#[derive(Clone, Copy)]
pub(crate) struct Policy {
    pub(crate) on_error: OnError,
    pub(crate) limit: Option<Duration>,
}

impl Policy {
    pub(crate) const DEFAULT: Self = Self {
        on_error: OnError::Retry,
        limit: None,
    };
}

impl<T: AObject, K: Clone + Send + 'static> Cell<T, K> {
    pub(crate) const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// One more waiter.
    pub(crate) const fn waiter(&self) -> Waiter<'_, T, K> {
        Waiter {
            cell: self,
            state: WaiterState::NONE,
        }
    }

    pub(crate) fn build(&self) -> &Arc<Build<T, K>> {
        self.0.get_or_init(|| SharedBuild::new(InitAttempt::new()))
    }

    pub(crate) fn get(&self) -> Option<K> {
        self.0.get()?.get()
    }

    pub(crate) fn is_made(&self) -> bool {
        self.looks(|stage| matches!(stage, Stage::Made(_)))
    }

    /// Whether an init has begun, and not ended.
    pub(crate) fn is_begun(&self) -> bool {
        self.looks(|stage| match stage {
            Stage::Idle(attempt) => attempt.has_begun(),
            Stage::Polled => true,
            _ => false,
        })
    }

    /// Whether there is nothing to close and nothing to wait for.
    pub(crate) fn is_vacant(&self) -> bool {
        !self.looks(|stage| match stage {
            Stage::Idle(attempt) => !attempt.is_vacant(),
            _ => true,
        })
    }

    fn looks(&self, look: impl FnOnce(&mut Stage<InitAttempt<T>, K>) -> bool) -> bool {
        self.0.get().is_some_and(|build| build.look(look))
    }

    /// The job that has to end before what the closure used may be closed. There is no waiter any more.
    pub(crate) fn into_job(mut self) -> Option<Job> {
        self.take_all().map(InitAttempt::into_job)
    }

    fn take_all(&mut self) -> Option<InitAttempt<T>> {
        match self.0.take()?.take_all() {
            Stage::Idle(build) => Some(build),
            _ => None,
        }
    }
}

/// An attempt that waits for its cell's waker holds the cell: it has to be taken out.
impl<T: AObject, K: Clone + Send + 'static> Drop for Cell<T, K> {
    fn drop(&mut self) {
        self.take_all().into_iter().for_each(InitAttempt::leave);
    }
}

/// What a cell knows of one waiter.
pub(crate) struct WaiterState {
    key: WaiterKey,
    wait: Option<Wait>,
}

impl WaiterState {
    pub(crate) const NONE: Self = Self {
        key: WaiterKey::NONE,
        wait: None,
    };
}

impl<T: AObject, K: Clone + Send + 'static> Cell<T, K> {
    /// Waits for the object, and makes it if no other waiter does. `keep` gets what was made.
    pub(crate) fn poll(
        &self,
        state: &mut WaiterState,
        cx: &mut Context<'_>,
        policy: Policy,
        recipe: &Recipe<'_, T>,
        keep: impl FnOnce(Live<T>) -> K,
    ) -> Poll<Result<K, Error>> {
        let build = self.build();
        if let Err(reentered) = Wait::note(&mut state.wait, node(build)) {
            self.stop_waiting(state);
            return Poll::Ready(Err(named::<T>(reentered)));
        }
        let drive = |attempt: &mut InitAttempt<T>, cx: &mut Context<'_>| {
            let polled =
                callers::within(Some(node(build)), || attempt.poll(recipe, policy.limit, cx));
            polled.map(|result| result.map(keep).map_err(named::<T>))
        };
        let polled = build.poll(&mut state.key, cx, policy.on_error, drive);
        if polled.is_ready() {
            Wait::end(&mut state.wait);
        }
        polled.map_err(named::<T>)
    }

    /// Waits until no waiter drives the build, and takes it, or what was made, for ever.
    pub(crate) fn poll_take(
        &self,
        state: &mut WaiterState,
        cx: &mut Context<'_>,
    ) -> Poll<Stage<InitAttempt<T>, K>> {
        self.build().poll_take(&mut state.key, cx)
    }

    pub(crate) fn stop_waiting(&self, state: &mut WaiterState) {
        Wait::end(&mut state.wait);
        let build = self.build();
        build.stop_waiting(&mut state.key, |attempt| {
            callers::within(Some(node(build)), || attempt.abandon());
        });
    }
}

/// A waiter, until it is dropped.
pub(crate) struct Waiter<'a, T: AObject, K: Clone + Send + 'static> {
    cell: &'a Cell<T, K>,
    state: WaiterState,
}

impl<T: AObject, K: Clone + Send + 'static> Waiter<'_, T, K> {
    /// As [`Cell::poll`].
    pub(crate) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        policy: Policy,
        recipe: &Recipe<'_, T>,
        keep: impl FnOnce(Live<T>) -> K,
    ) -> Poll<Result<K, Error>> {
        self.cell.poll(&mut self.state, cx, policy, recipe, keep)
    }
}

/// Cold: a caller that finds the object does not wait.
impl<T: AObject, K: Clone + Send + 'static> Drop for Waiter<'_, T, K> {
    #[cold]
    fn drop(&mut self) {
        self.cell.stop_waiting(&mut self.state);
    }
}

fn node<T: AObject, K: Clone>(build: &SharedBuild<InitAttempt<T>, K>) -> Node {
    Node {
        id: build.id(),
        blueprint: T::blueprint,
    }
}

/// An error that the object itself did not name.
fn named<T: AObject>(error: Error) -> Error {
    if error.path().is_empty() {
        error.named(&PathSegment::Object(T::blueprint))
    } else {
        error
    }
}
