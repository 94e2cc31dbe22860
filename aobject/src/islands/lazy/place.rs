use std::panic::Location;
use std::sync::OnceLock;

use crate::handles::live::Live;
use crate::handles::object::AObject;

/// Holds the finished object: a [`Live`] taken apart, so that reading it is one load and one branch.
pub(super) struct Place<T: AObject>(OnceLock<(T, &'static Location<'static>)>);

impl<T: AObject> Place<T> {
    pub(super) const fn new() -> Self {
        Self(OnceLock::new())
    }

    #[inline]
    pub(super) fn get(&self) -> Option<&T> {
        self.0.get().map(|(object, _)| object)
    }

    pub(super) fn set(&self, live: Live<T>) {
        // Always empty here: there is one build at a time, and none after one has succeeded.
        if let Err(parts) = self.0.set(live.into_parts()) {
            drop(Live::from_parts(parts));
        }
    }

    pub(super) fn take(&mut self) -> Option<Live<T>> {
        self.0.take().map(Live::from_parts)
    }
}

impl<T: AObject> Drop for Place<T> {
    fn drop(&mut self) {
        drop(self.take());
    }
}
