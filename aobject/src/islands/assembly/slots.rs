//! The parts of an assembly, each with the place for its object.

use std::any::Any;
use std::sync::OnceLock;

use crate::handles::object::AObject;
use crate::handles::shared::Shared;
use crate::kernel::graph::start::Field;
use crate::kernel::job::Job;

/// A part of any type.
pub(super) type BoxPart = Box<dyn AnyPart>;

/// All parts, each with its slot.
pub(super) type Slots = [BoxPart];

pub trait AnyPart: Send + Sync {
    /// Its start, once, of what is in the slots.
    fn start<'a>(&'a self, slots: &'a Slots) -> Field<'a>;

    /// Its slot: a `OnceLock<Shared<T>>`.
    fn slot(&self) -> &dyn Any;

    /// How to close it, if it was made.
    fn take_job(&mut self) -> Option<Job>;
}

/// What has been made at a place.
pub(super) fn object<T: AObject>(slots: &Slots, at: usize) -> Option<&Shared<T>> {
    slots[at].slot().downcast_ref::<OnceLock<_>>()?.get()
}
