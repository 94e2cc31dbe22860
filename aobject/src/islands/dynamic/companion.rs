//! The part of an object that a trait object can reach.

use crate::ground::blueprint::Blueprint;
use crate::handles::object::AObject;
use crate::kernel::job::BoxClose;
use crate::kernel::value_close::close_of;

/// The dyn compatible companion of [`AObject`], by which an object behind a `dyn Trait` is closed and named.
///
/// Sealed, and implemented for every [`AObject`]. [`#[aobject::dynamic]`](macro@crate::dynamic) makes it a
/// supertrait.
#[diagnostic::on_unimplemented(
    message = "no object can stand behind `{Self}`",
    label = "needs a trait object of a trait with `#[aobject::dynamic]`",
    note = "write `#[aobject::dynamic]` on the trait"
)]
pub trait DynAObject: sealed::Sealed + Send + 'static {
    /// Not public API.
    #[doc(hidden)]
    fn __aobject_close(self: Box<Self>) -> BoxClose;

    /// Not public API.
    #[doc(hidden)]
    fn __aobject_class(&self) -> fn() -> Blueprint;
}

impl<T: AObject> DynAObject for T {
    /// No code of the object runs before the first poll.
    fn __aobject_close(self: Box<Self>) -> BoxClose {
        Box::pin(close_of(*self, T::close))
    }

    fn __aobject_class(&self) -> fn() -> Blueprint {
        T::blueprint
    }
}

mod sealed {
    use crate::handles::object::AObject;

    pub trait Sealed {}

    #[diagnostic::do_not_recommend]
    impl<T: AObject> Sealed for T {}
}

/// Implemented by a trait object that can hide an object of type `T`.
///
/// [`#[aobject::dynamic]`](macro@crate::dynamic) implements it for the `dyn Trait` of the trait and every object
/// that implements that trait. The trait object is `Self`, so that the type of a field decides which trait is
/// meant.
#[diagnostic::on_unimplemented(
    message = "`{T}` cannot become a `{Self}`",
    label = "expected an object that implements the trait of `{Self}`",
    note = "implement the trait for `{T}`, and write `#[aobject::dynamic]` on the trait"
)]
pub trait Unsize<T: AObject>: DynAObject + Shareable {
    /// Hides the type.
    fn unsize(object: Box<T>) -> Box<Self>;
}

/// Required of a trait object of objects, because it is shared between threads. Implemented for everything that
/// is [`Sync`].
#[diagnostic::on_unimplemented(
    message = "an object is shared between threads, but `{Self}` is not `Sync`",
    label = "add the supertrait `Sync`: `trait NAME: Sync`"
)]
pub trait Shareable {}

#[diagnostic::do_not_recommend]
impl<U: ?Sized + Sync> Shareable for U {}
