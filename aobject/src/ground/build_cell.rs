//! A build that is shared once it has to be: a caller that finds nothing begun polls the build with its own waker, and
//! nothing is allocated for others unless others come, or that caller has to wait.
//!
//! **The invariant.** The content is `First` while the first caller polls the build, and at no other time. A caller that
//! comes meanwhile finds a shared build that is out to be polled; the first caller puts the build back there. A build that
//! was not ready knows the first caller's waker alone, so it is put back as due: a waiter that finds it, the first caller
//! included, polls it with the waker of all of them.

use std::mem;
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll};

use crate::ground::error::Error;
use crate::ground::shared_build::{OnError, SharedBuild, Stage, WaiterKey, next_id};
use crate::ground::sync::{Mutex, MutexGuard};

#[cfg(all(test, aobject_loom))]
mod model;

/// One build at a time, of type `B`, and the `K` that is kept of one that succeeds.
pub(crate) struct BuildCell<B, K>(Mutex<Content<B, K>>);

enum Content<B, K> {
    /// As at the beginning, also after a failure that is not kept.
    Unbegun,
    /// The first caller has the build, which will have this id.
    First(usize),
    /// By the first caller.
    Made(K),
    Shared(Arc<SharedBuild<B, K>>),
}

impl<B: Default, K: Clone> BuildCell<B, K> {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(Content::Unbegun))
    }

    /// The place of the first caller, if nothing has begun.
    pub(crate) fn begin(&self) -> Option<First<'_, B, K>> {
        let mut content = self.lock();
        let Content::Unbegun = *content else {
            return None;
        };
        let id = next_id();
        *content = Content::First(id);
        Some(First { cell: self, id })
    }

    /// What has been made, unless the build is closed.
    pub(crate) fn get(&self) -> Option<K> {
        match &*self.lock() {
            Content::Unbegun | Content::First(_) => None,
            Content::Made(kept) => Some(kept.clone()),
            Content::Shared(build) => build.get(),
        }
    }

    /// Looks at what there is, unless nothing has begun.
    pub(crate) fn look<R>(&self, look: impl FnOnce(&mut Stage<B, K>) -> R) -> Option<R> {
        let is_unbegun = matches!(*self.lock(), Content::Unbegun);
        (!is_unbegun).then(|| self.shared().look(look))
    }

    /// Shares the build.
    pub(crate) fn shared(&self) -> Arc<SharedBuild<B, K>> {
        let mut content = self.lock();
        let build = match mem::replace(&mut *content, Content::Unbegun) {
            Content::Unbegun => SharedBuild::new(B::default()),
            Content::First(id) => SharedBuild::at(id, Stage::Polled),
            Content::Made(kept) => SharedBuild::at(next_id(), Stage::Made(kept)),
            Content::Shared(build) => build,
        };
        *content = Content::Shared(Arc::clone(&build));
        build
    }

    /// Takes everything: nobody has the build, since there can be no waiter any more.
    pub(crate) fn take_all(&self) -> Stage<B, K> {
        match mem::replace(&mut *self.lock(), Content::Unbegun) {
            Content::Unbegun | Content::First(_) => Stage::Taken,
            Content::Made(kept) => Stage::Made(kept),
            Content::Shared(build) => build.take_all(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Content<B, K>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The caller that found nothing begun. It has to poll.
pub(crate) struct First<'a, B, K> {
    cell: &'a BuildCell<B, K>,
    id: usize,
}

impl<B: Default, K: Clone> First<'_, B, K> {
    /// Of the build, unique in the process.
    pub(crate) fn id(&self) -> usize {
        self.id
    }

    /// Polls a build for the first time. As for [`SharedBuild::poll`], `drive` may not unwind.
    pub(crate) fn poll(
        self,
        key: &mut WaiterKey,
        cx: &mut Context<'_>,
        on_error: OnError,
        drive: impl FnOnce(&mut B, &mut Context<'_>) -> Poll<Result<K, Error>>,
    ) -> Poll<Result<K, Error>> {
        let mut build = B::default();
        match drive(&mut build, cx) {
            Poll::Pending => {
                let waker = cx.waker().clone();
                self.cell.shared().put_back_due(key, build, waker)
            }
            Poll::Ready(outcome) => Poll::Ready(self.finish(key, build, outcome, on_error)),
        }
    }

    fn finish(
        self,
        key: &mut WaiterKey,
        build: B,
        outcome: Result<K, Error>,
        on_error: OnError,
    ) -> Result<K, Error> {
        let mut content = self.cell.lock();
        match (&*content, &outcome, on_error) {
            (Content::First(_), Ok(kept), _) => *content = Content::Made(kept.clone()),
            (Content::First(_), Err(_), OnError::Retry) => *content = Content::Unbegun,
            _ => {
                drop(content);
                return self.cell.shared().finish(key, build, outcome, on_error);
            }
        }
        outcome
    }
}
