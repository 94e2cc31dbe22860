//! The part of a runtime that holds its objects of globals, so that they are closed at its end.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::ground::error::Error;
use crate::ground::path::PathSegment;
use crate::handles::closing::Closing;
use crate::kernel::job::Job;

#[derive(Default)]
pub(crate) struct Instances {
    /// By the address of the global.
    by_global: Mutex<HashMap<usize, Arc<dyn Any + Send + Sync>>>,
    /// Oldest first: made, not begun. An object that the init of another asked for was made before that one, and is
    /// closed after it. One that its user has closed stays: there is nothing to close then.
    made: Mutex<Vec<Arc<dyn Renew>>>,
}

/// An instance whose type does not matter.
pub(super) trait Renew: Send + Sync {
    /// Closes what was made, if nobody else holds it; it can be made again after that.
    fn renew(&self) -> Closing;
}

impl Instances {
    /// The instance of the global at this address, if there is one.
    pub(super) fn find<I: Any + Send + Sync>(&self, global: usize) -> Option<Arc<I>> {
        lock(&self.by_global)
            .get(&global)
            .and_then(|instance| Arc::clone(instance).downcast().ok())
    }

    /// The instance of the global at this address, made at the first call.
    pub(super) fn of<I>(&self, global: usize, make: impl FnOnce() -> I) -> Arc<I>
    where
        I: Any + Send + Sync,
    {
        let mut by_global = lock(&self.by_global);
        let instance = by_global.entry(global).or_insert_with(|| Arc::new(make()));
        Arc::clone(instance)
            .downcast()
            .expect("a global has one type")
    }

    pub(super) fn made(&self, instance: Arc<dyn Renew>) {
        lock(&self.made).push(instance);
    }

    fn newest(&self) -> Option<Arc<dyn Renew>> {
        lock(&self.made).pop()
    }

    /// Closes what was made, one after the other, the newest first; it can be made again. Reports errors to `failed`.
    ///
    /// An object that others still hold is given up, which is an error. Dropped, it hands over what is not closed, to be
    /// closed concurrently: one that hangs is not to stop the others.
    pub(crate) async fn close_all(&self, mut failed: impl FnMut(&Error)) {
        let rest = Rest(self);
        // A close may ask for others, which are the newest then.
        while let Some(newest) = self.newest() {
            newest.renew().await.inspect_err(&mut failed).ok();
        }
        drop(rest);
    }

    fn hand_over(&self, order: fn(Vec<Job>) -> Job) {
        let mut jobs = Vec::new();
        while let Some(newest) = self.newest() {
            jobs.push(newest.renew().into_job());
        }
        if !jobs.is_empty() {
            drop(order(jobs));
        }
    }
}

struct Rest<'a>(&'a Instances);

impl Drop for Rest<'_> {
    fn drop(&mut self) {
        self.0.hand_over(|jobs| {
            Job::concurrently(jobs.into_iter().map(|job| (PathSegment::None, job)))
        });
    }
}

/// The runtime is gone.
impl Drop for Instances {
    fn drop(&mut self) {
        self.hand_over(Job::in_order);
    }
}

/// Nothing of the user's runs under these locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
