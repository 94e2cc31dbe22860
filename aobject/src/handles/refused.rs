//! Types and traits that only make rustc explain what is not possible. Nothing here ever runs.

use std::marker::PhantomData;

use crate::handles::live::Live;
use crate::handles::object::AObject;

/// Never implemented. Required where a `Live` is cloned.
#[diagnostic::on_unimplemented(
    message = "a `Live` object has one owner, so it cannot be cloned",
    label = "call `share()` once instead, and clone the `Shared` that it returns"
)]
pub trait ManyOwners {
    /// Another owner.
    #[must_use]
    fn another(&self) -> Self;
}

/// Without this method, rustc suggests `close`, which is spelled like `clone`. It is not an impl of `Clone`,
/// because rustc would then suggest a clone wherever a closed object is used.
impl<T: AObject> Live<T>
where
    Self: ManyOwners,
{
    #[doc(hidden)]
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "it is not implemented")]
    pub fn clone(&self) -> Self {
        self.another()
    }
}

/// Stands for a type that a close takes apart. As with `Probe`, method lookup finds out whether the type
/// implements `Drop`.
pub struct Ending<T>(PhantomData<fn() -> T>);

impl<T> Clone for Ending<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Ending<T> {}

impl<T> Ending<T> {
    /// The ending of the type of this value.
    #[inline]
    #[must_use]
    pub fn of(_: &T) -> Self {
        Self(PhantomData)
    }
}

/// Found for types that implement `Drop`.
pub trait ByDrop {
    /// The answer.
    fn ending(&self) -> ImplementsDrop {
        ImplementsDrop
    }
}

#[expect(drop_bounds, reason = "method lookup needs exactly this bound")]
impl<T: Drop> ByDrop for Ending<T> {}

/// Found for all other types.
pub trait ByFields: Sized {
    /// The answer.
    #[inline]
    fn ending(self) -> Fields {
        Fields
    }
}

impl<T> ByFields for Ending<T> {}

/// A type that cannot be taken apart.
pub struct ImplementsDrop;

/// A type that can be taken apart.
pub struct Fields;

/// Implemented if a derived type can be taken apart.
#[diagnostic::on_unimplemented(
    message = "an object cannot implement `Drop`, but `{T}` does",
    label = "move the code of `drop` to an `async fn(&mut self)`, and write `#[aobject(close = Self::METHOD)]` here"
)]
pub trait TakenApart<T> {}

#[diagnostic::do_not_recommend]
impl<T> TakenApart<T> for Fields {}

/// Requires [`TakenApart`].
#[inline]
pub fn take_apart<T>(_: &T, _: impl TakenApart<T>) {}

/// Types that a field may have.
#[diagnostic::on_unimplemented(
    message = "an object must be `Send`, but `{Self}` is not",
    label = "use a type that is `Send`: `Arc` for `Rc`, `dyn Trait + Send` for `dyn Trait`"
)]
pub trait MovesBetweenThreads {}

#[diagnostic::do_not_recommend]
impl<T: Send> MovesBetweenThreads for T {}

/// Requires [`MovesBetweenThreads`].
pub const fn field_type<T: MovesBetweenThreads>() {}

/// Stands in for a value of a type that does not exist.
///
/// # Panics
///
/// Always panics, at compile time.
pub const fn no_stub() -> ! {
    panic!("the derive takes this for an object behind a trait; give the type another name")
}
