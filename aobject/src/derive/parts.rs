//! A derived object in parts: before all fields are made, and when it is closed.
//!
//! Whatever holds parts or a finished object here closes it when it is dropped. So a derived type needs no code
//! for rollback: that of a failed init is its locals being dropped.

use std::sync::OnceLock;

use crate::derive::teardown::{Plan, State, Teardown};
use crate::handles::object::AObject;
use crate::kernel::job::Job;

/// What the derive implements.
pub trait Derived: AObject {
    /// The fields, each in a slot.
    type Parts: Send + 'static;
    /// An array of a state for each field.
    type States: AsMut<[State]> + Send + 'static;
    /// Nothing is closed yet.
    const STATES: Self::States;
    /// How to close.
    const PLAN: Plan;

    /// The opposite of construction.
    fn take_apart(self) -> Self::Parts;

    /// Takes a field out of its slot and drops it, or else says how to close it. Never panics.
    fn close_field(parts: &mut Self::Parts, index: usize) -> Option<Job>;
}

/// What the sync constructor of a derived type leaves: the parts made so far, and the slots for the rest.
pub struct Seed<T: Derived>(Option<T::Parts>);

impl<T: Derived> Seed<T> {
    /// From now on, dropping it closes what is in the slots.
    #[inline]
    pub fn new(parts: T::Parts) -> Self {
        Self(Some(parts))
    }

    /// The slots.
    #[inline]
    pub fn parts(&mut self) -> &mut T::Parts {
        made(self.0.as_mut())
    }

    /// Gives up the duty to close the parts.
    #[inline]
    pub fn into_parts(mut self) -> T::Parts {
        taken(self.0.take())
    }
}

impl<T: Derived> Drop for Seed<T> {
    fn drop(&mut self) {
        if let Some(parts) = self.0.take() {
            Teardown::<T>::of_parts(parts).leave();
        }
    }
}

/// A finished object whose hook is still to run. Dropping it closes its fields, without the close hook.
pub struct Assembled<T: Derived>(Option<T>);

impl<T: Derived> Assembled<T> {
    /// From now on, dropping it closes the fields.
    pub fn new(object: T) -> Self {
        Self(Some(object))
    }

    /// The object.
    pub fn object(&mut self) -> &mut T {
        made(self.0.as_mut())
    }

    /// Gives up the duty to close the fields.
    pub fn into_object(mut self) -> T {
        taken(self.0.take())
    }
}

impl<T: Derived> Drop for Assembled<T> {
    fn drop(&mut self) {
        if let Some(object) = self.0.take() {
            Teardown::of(object).leave();
        }
    }
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
#[inline]
pub fn made<R>(slot: Option<R>) -> R {
    slot.expect("the graph of fields says that it is made")
}

/// A field that the finished object takes over.
#[inline]
pub fn taken<T>(slot: Option<T>) -> T {
    slot.expect("every field is made before the object is")
}
