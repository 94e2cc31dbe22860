//! A derived object in parts: before all fields are made, and when it is closed.

use std::sync::OnceLock;

use crate::ground::blueprint::Blueprint;
use crate::ground::path::PathSegment;
use crate::handles::object::AObject;
use crate::kernel::graph::Graph;
use crate::kernel::graph::end::State;
use crate::kernel::job::Job;

/// The graph of a type's fields, in an order of start: those without an `init` first.
pub struct Plan {
    /// The type's name.
    pub object: fn() -> Blueprint,
    /// Their names.
    pub names: &'static [&'static str],
    /// For each field, those that must be made before it.
    pub needs: &'static [&'static [usize]],
    /// For each field, those that must be closed before it.
    pub users: &'static [&'static [usize]],
}

impl Graph for &'static Plan {
    #[inline]
    fn members(&self) -> usize {
        self.names.len()
    }

    fn object(&self) -> PathSegment {
        PathSegment::Object(self.object)
    }

    fn name(&self, at: usize) -> PathSegment {
        PathSegment::Field(self.names[at])
    }

    #[inline]
    fn needs(&self, at: usize) -> &[usize] {
        self.needs[at]
    }

    #[inline]
    fn users(&self, at: usize) -> &[usize] {
        self.users[at]
    }
}

/// What the derive implements.
pub trait Derived: AObject {
    /// The fields, each in a slot.
    type Parts: Send + 'static;
    /// An array of a state for each field.
    type States: AsMut<[State]> + Send + 'static;
    /// Nothing is closed yet.
    const STATES: Self::States;
    /// The graph, walked upwards by the init and downwards by the close.
    const PLAN: &'static Plan;

    /// The opposite of construction.
    fn take_apart(self) -> Self::Parts;

    /// Takes the field at a place of the plan out of its slot and drops it, or else yields how to close it. Never panics.
    fn close_field(parts: &mut Self::Parts, at: usize) -> Option<Job>;
}

/// Where a field is until the object is whole. Taken by a method of an odd name, lest a trait of the user's be meant;
/// called by path, with the borrow written out, a hundred of them take the compiler four times as long.
pub trait Slot<T> {
    /// Takes the field, if it has been made.
    fn take_made(&mut self) -> Option<T>;
}

impl<T> Slot<T> for Option<T> {
    #[inline]
    fn take_made(&mut self) -> Option<T> {
        self.take()
    }
}

impl<T> Slot<T> for OnceLock<T> {
    #[inline]
    fn take_made(&mut self) -> Option<T> {
        self.take()
    }
}

/// A field that others wait for, and that the graph says is made.
///
/// # Panics
///
/// If it is not.
#[inline]
pub fn made<R>(slot: Option<R>) -> R {
    slot.expect("the graph of fields says that it is made")
}

/// A field that the finished object takes over.
///
/// # Panics
///
/// If it has not been made.
#[inline]
pub fn taken<T>(slot: Option<T>) -> T {
    slot.expect("every field is made before the object is")
}
