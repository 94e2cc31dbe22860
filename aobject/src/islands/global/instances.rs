//! The part of a runtime's state that holds its objects of globals, so that they are closed at its end.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::ground::error::Error;
use crate::ground::path::PathSegment;
use crate::handles::closing::Closing;
use crate::kernel::job::Job;

#[derive(Default)]
pub(crate) struct Instances {
    /// Keyed by the address of the global.
    by_global: Mutex<HashMap<usize, Arc<dyn Any + Send + Sync>>>,
    /// In the order in which they were finished. An object that another init asked for was finished before that
    /// one, so it is closed after it. An object that its user has closed stays in the list; closing it again does
    /// nothing.
    made: Mutex<Vec<Arc<dyn Renew>>>,
}

/// An instance with its type erased.
pub(super) trait Renew: Send + Sync {
    /// Closes the object, if nobody else holds it. It can be made again afterwards.
    fn renew(&self) -> Closing;
}

impl Instances {
    /// Returns the instance of the global at this address, if there is one.
    pub(super) fn find<I: Any + Send + Sync>(&self, global: usize) -> Option<Arc<I>> {
        lock(&self.by_global)
            .get(&global)
            .and_then(|instance| Arc::clone(instance).downcast().ok())
    }

    /// Returns the instance of the global at this address, which is made on the first call.
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

    /// Closes the objects one by one, newest first. They can be made again. Passes errors to `failed`.
    ///
    /// An object that others still hold is released, which is an error. If this future is dropped, the remaining
    /// objects are handed over and close concurrently, so that one that hangs does not stop the others.
    pub(crate) async fn close_all(&self, mut failed: impl FnMut(&Error)) {
        let rest = Rest(self);
        // A close may ask for other globals, which are then the newest.
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

/// Dropped when the runtime is gone.
impl Drop for Instances {
    fn drop(&mut self) {
        self.hand_over(Job::in_order);
    }
}

/// No user code runs under these locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
