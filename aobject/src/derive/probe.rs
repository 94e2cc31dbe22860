//! Finds out whether a field can be closed, on its concrete type.
//!
//! Method lookup on `&Probe<T>` tries a `&Probe<T>` receiver first, which exists where `T: Close`, and a
//! `Probe<T>` next, which always exists. That works behind aliases and in generic code, and needs no
//! specialisation.

use std::future::Future;
use std::marker::PhantomData;

use crate::ground::blueprint::Objects;
use crate::ground::error::{BoxError, Phase};
use crate::handles::close::Close;
use crate::kernel::drive;
use crate::kernel::job::Job;

/// Stands for a value's type.
pub struct Probe<T>(PhantomData<fn() -> T>);

impl<T> Clone for Probe<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Probe<T> {}

impl<T> Probe<T> {
    /// The type of what is in the slot.
    #[inline]
    pub fn of(_slot: &Option<T>) -> Self {
        Self(PhantomData)
    }
}

/// Found before [`Unclosed::OBJECTS`], where the bounds hold.
impl<T: Close + Send + 'static> Probe<T> {
    /// The objects in it, of a type that can be closed.
    pub const OBJECTS: Option<Objects> = Some(T::OBJECTS);
}

/// Any type.
pub trait Unclosed {
    /// It cannot be closed.
    const OBJECTS: Option<Objects> = None;
}

impl<T> Unclosed for Probe<T> {}

/// The type implements `Close`.
pub trait ViaClose<T> {
    /// Its close.
    fn close_job(&self, slot: Option<T>) -> Option<Job>;
}

impl<T: Close + Send + 'static> ViaClose<T> for Probe<T> {
    fn close_job(&self, slot: Option<T>) -> Option<Job> {
        slot.map(Close::into_job)
    }
}

/// Any type.
pub trait ViaDrop<T> {
    /// Drops it; what it held of objects is to be closed.
    fn close_job(self, slot: Option<T>) -> Option<Job>;
}

impl<T> ViaDrop<T> for Probe<T> {
    #[inline]
    fn close_job(self, slot: Option<T>) -> Option<Job> {
        if !std::mem::needs_drop::<T>() {
            return None;
        }
        let mut slot = slot;
        let left = drive::release(Phase::Close, &mut || slot = None);
        (!left.is_empty()).then(|| Job::in_order(left))
    }
}

/// A field with a `close` expression.
pub fn close_by<T, F>(slot: Option<T>, close: impl FnOnce(T) -> F) -> Option<Job>
where
    F: Future<Output = Result<(), BoxError>> + Send + 'static,
{
    slot.map(|value| Job::of_future(close(value)))
}
