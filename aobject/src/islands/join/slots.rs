//! The objects of a tuple while it starts, without their types.

use std::any::Any;
use std::future::Future;

use crate::ground::error::Error;
use crate::ground::path::PathSegment;
use crate::handles::close::Close;
use crate::handles::closing::Closing;
use crate::handles::live::Live;
use crate::handles::object::AObject;
use crate::islands::join::joining::Place;
use crate::kernel::job::Job;

/// A [`Live`] of any type.
pub(super) trait AnyLive: Send {
    fn into_job(self: Box<Self>) -> Job;

    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

impl<T: AObject> AnyLive for Live<T> {
    fn into_job(self: Box<Self>) -> Job {
        Live::into_job(*self)
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// An object that has been made, and its position.
#[expect(missing_debug_implementations, reason = "not public API")]
pub struct Placed {
    pub(super) at: usize,
    pub(super) object: Box<dyn AnyLive>,
}

impl Place<Slots> for Placed {
    fn put(self, slots: &mut Slots) {
        slots.0[self.at] = Some(self.object);
    }
}

/// One slot for each object.
#[expect(missing_debug_implementations, reason = "not public API")]
pub struct Slots(Vec<Option<Box<dyn AnyLive>>>);

impl Slots {
    pub(super) fn new(count: usize) -> Self {
        Self((0..count).map(|_| None).collect())
    }

    /// The object at a position, once all have been made.
    pub(super) fn take<T: AObject>(&mut self, at: usize) -> Live<T> {
        let object = self.0[at].take().expect("all are made");
        *object
            .into_any()
            .downcast()
            .expect("a position has one type")
    }
}

/// Concurrently, like a tuple.
impl Close for Slots {
    fn close(self) -> impl Future<Output = Result<(), Error>> + Send {
        Closing::of(self.into_job())
    }

    fn into_job(self) -> Job {
        let made = self.0.into_iter().flatten();
        Job::concurrently(made.map(|object| (PathSegment::None, object.into_job())))
    }
}
