//! The cell behind [`Lazy`](crate::Lazy) and [`Global`](crate::Global): an object that is made on first use.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::ground::build_cell::BuildCell;
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

/// A cell that makes a `T` and keeps a `K` of it.
pub(crate) struct Cell<T: AObject, K: Clone + Send + 'static>(BuildCell<InitAttempt<T>, K>);

type Build<T, K> = SharedBuild<InitAttempt<T>, K>;

/// How the cell makes its object.
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
        Self(BuildCell::new())
    }

    /// Adds a waiter.
    pub(crate) const fn waiter(&self) -> Waiter<'_, T, K> {
        Waiter {
            cell: self,
            state: WaiterState::NONE,
        }
    }

    pub(crate) fn build(&self) -> Arc<Build<T, K>> {
        self.0.shared()
    }

    pub(crate) fn get(&self) -> Option<K> {
        self.0.get()
    }

    /// Takes what is in it. There is no waiter any more.
    pub(crate) fn take_all(&self) -> Stage<InitAttempt<T>, K> {
        self.0.take_all()
    }

    pub(crate) fn is_made(&self) -> bool {
        self.looks(|stage| matches!(stage, Stage::Made(_)))
    }

    /// Whether an init is running.
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
        self.0.look(look).unwrap_or_default()
    }

    /// The job that has to end before the captures of the closure may be closed. There are no waiters any more.
    pub(crate) fn into_job(self) -> Option<Job> {
        match self.take_all() {
            Stage::Idle(attempt) => Some(attempt.into_job()),
            _ => None,
        }
    }
}

/// An attempt whose waker is that of the cell holds the cell, so it has to be taken out.
impl<T: AObject, K: Clone + Send + 'static> Drop for Cell<T, K> {
    fn drop(&mut self) {
        if let Stage::Idle(attempt) = self.take_all() {
            attempt.leave();
        }
    }
}

/// The state of one waiter.
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
    /// Waits for the object, and drives the init if no other waiter does. `keep` receives the new object.
    pub(crate) fn poll(
        &self,
        state: &mut WaiterState,
        cx: &mut Context<'_>,
        policy: Policy,
        recipe: &Recipe<'_, T>,
        keep: impl FnOnce(Live<T>) -> K,
    ) -> Poll<Result<K, Error>> {
        let drive = |node: Node, attempt: &mut InitAttempt<T>, cx: &mut Context<'_>| {
            let polled = callers::within(Some(node), || attempt.poll(recipe, policy.limit, cx));
            polled.map(|result| result.map(keep).map_err(named::<T>))
        };
        // A caller that another cell waits for is noted first.
        if callers::cell().is_none()
            && let Some(first) = self.0.begin()
        {
            let node = node::<T>(first.id());
            let drive =
                |attempt: &mut InitAttempt<T>, cx: &mut Context<'_>| drive(node, attempt, cx);
            return first.poll(&mut state.key, cx, policy.on_error, drive);
        }
        let build = self.build();
        let node = node::<T>(build.id());
        if let Err(reentered) = Wait::note(&mut state.wait, node) {
            self.stop_waiting(state);
            return Poll::Ready(Err(named::<T>(reentered)));
        }
        let drive = |attempt: &mut InitAttempt<T>, cx: &mut Context<'_>| drive(node, attempt, cx);
        let polled = build.poll(&mut state.key, cx, policy.on_error, drive);
        if polled.is_ready() {
            Wait::end(&mut state.wait);
        }
        polled.map_err(named::<T>)
    }

    /// Waits until no waiter drives the build, and takes the build, or the object, for good.
    pub(crate) fn poll_take(
        &self,
        state: &mut WaiterState,
        cx: &mut Context<'_>,
    ) -> Poll<Stage<InitAttempt<T>, K>> {
        self.build().poll_take(&mut state.key, cx)
    }

    pub(crate) fn stop_waiting(&self, state: &mut WaiterState) {
        Wait::end(&mut state.wait);
        if !state.key.is_held() {
            return;
        }
        let build = self.build();
        let node = node::<T>(build.id());
        build.stop_waiting(&mut state.key, |attempt| {
            callers::within(Some(node), || attempt.abandon());
        });
    }
}

/// Registered as a waiter until it is dropped.
pub(crate) struct Waiter<'a, T: AObject, K: Clone + Send + 'static> {
    cell: &'a Cell<T, K>,
    state: WaiterState,
}

impl<T: AObject, K: Clone + Send + 'static> Waiter<'_, T, K> {
    /// See [`Cell::poll`].
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

/// Cold, because a caller that finds the object never waits.
impl<T: AObject, K: Clone + Send + 'static> Drop for Waiter<'_, T, K> {
    #[cold]
    fn drop(&mut self) {
        self.cell.stop_waiting(&mut self.state);
    }
}

fn node<T: AObject>(id: usize) -> Node {
    Node {
        id,
        blueprint: T::blueprint,
    }
}

/// Adds the name of the object, if the error has no path yet.
fn named<T: AObject>(error: Error) -> Error {
    if error.path().is_empty() {
        error.named(&PathSegment::Object(T::blueprint))
    } else {
        error
    }
}
