//! A derived object in parts: before all fields are made, and when it is closed.

use std::sync::OnceLock;

use crate::ground::blueprint::Blueprint;
use crate::handles::object::AObject;
use crate::kernel::job::Job;

/// What is known at compile time of the close of a type.
pub struct Plan {
    /// The type's name.
    pub object: fn() -> Blueprint,
    /// The fields' names, as declared.
    pub names: &'static [&'static str],
    /// For each field, those that must be closed before it.
    pub users: &'static [&'static [usize]],
    /// The fields in an order in which users come before what they use.
    pub order: &'static [usize],
}

/// How far the close of a field is.
pub enum State {
    /// Its users are not closed, or nobody has looked yet.
    Waiting,
    /// It is being closed.
    Closing(Job),
    /// It is closed, was dropped, or was never made.
    Closed,
}

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
