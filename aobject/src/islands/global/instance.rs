//! The object of a global on one runtime.

use std::future::poll_fn;
use std::sync::{Arc, OnceLock, Weak};
use std::task::{Context, Poll};

use tokio::sync::oneshot;

use crate::ground::error::Error;
use crate::ground::shared_build::Stage;
use crate::handles::cell::init_attempt::{InitAttempt, Recipe};
use crate::handles::cell::{Cell, Policy, WaiterState};
use crate::handles::closing::Closing;
use crate::handles::new::BoxNew;
use crate::handles::object::AObject;
use crate::handles::shared::Shared;
use crate::islands::global::instances::{Instances, Renew};
use crate::kernel::job::Job;
use crate::kernel::shared_close::{self, SharedClose};

pub(super) struct Instance<T: AObject + Sync> {
    cell: Cell<T, Shared<T>>,
    /// The permanent close.
    closed: OnceLock<Arc<SharedClose>>,
    /// The list in which the end of the runtime finds it.
    instances: Weak<Instances>,
}

impl<T: AObject + Sync> Instance<T> {
    pub(super) const fn new(instances: Weak<Instances>) -> Self {
        Self {
            cell: Cell::new(),
            closed: OnceLock::new(),
            instances,
        }
    }

    pub(super) fn get(&self) -> Option<Shared<T>> {
        self.cell.get()
    }

    pub(super) fn waiter(self: Arc<Self>) -> Waiter<T> {
        Waiter {
            instance: self,
            state: WaiterState::NONE,
        }
    }

    pub(super) fn close(self: Arc<Self>) -> Closing {
        let closed = self.closed.get_or_init(SharedClose::new);
        let mut waiter = shared_close::Waiter::of(closed);
        if self.cell.build().close() {
            let instance = Arc::clone(&self);
            closed.hand_over(Job::of_future(async move { Ok(instance.end().await?) }));
        }
        // If the waiter is dropped, the close continues in the background.
        Closing::of(Job::wait(poll_fn(move |cx| waiter.poll(cx))))
    }

    async fn end(&self) -> Result<(), Error> {
        let mut state = WaiterState::NONE;
        match poll_fn(|cx| self.cell.poll_take(&mut state, cx)).await {
            Stage::Idle(attempt) => Closing::of(attempt.into_job()).await,
            Stage::Made(object) => object.close().await,
            Stage::Polled | Stage::Failed(_) | Stage::Taken => Ok(()),
        }
    }
}

impl<T: AObject + Sync> Renew for Instance<T> {
    fn renew(&self) -> Closing {
        let (end, ended) = oneshot::channel();
        let made = self.cell.build().take_made(InitAttempt::after(ended));
        Closing::of(match made.map(Shared::close_last) {
            Some(Ok(closing)) => closing.into_job().ending(end),
            Some(Err(still_shared)) => Job::after_errors(vec![still_shared], Vec::new()),
            None => Job::nothing(),
        })
    }
}

/// A caller that waits for the object.
pub(super) struct Waiter<T: AObject + Sync> {
    instance: Arc<Instance<T>>,
    state: WaiterState,
}

impl<T: AObject + Sync> Waiter<T> {
    pub(super) fn instance(&self) -> &Instance<T> {
        &self.instance
    }

    pub(super) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        policy: Policy,
        make: fn() -> BoxNew<T>,
    ) -> Poll<Result<Shared<T>, Error>> {
        let Self { instance, state } = self;
        let recipe = Recipe {
            begin: &|| Box::pin(make()) as _,
            key: None,
        };
        instance.cell.poll(state, cx, policy, &recipe, |live| {
            if let Some(instances) = instance.instances.upgrade() {
                instances.made(Arc::clone(instance) as _);
            }
            live.share()
        })
    }
}

impl<T: AObject + Sync> Drop for Waiter<T> {
    fn drop(&mut self) {
        self.instance.cell.stop_waiting(&mut self.state);
    }
}
