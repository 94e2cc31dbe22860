//! What rustc is to say of what cannot be done. Nothing here ever runs.

use std::marker::PhantomData;

use crate::handles::live::Live;
use crate::handles::object::AObject;

/// Implemented by nothing: asked for where a `Live` is cloned.
#[diagnostic::on_unimplemented(
    message = "a `Live` object has one owner, so it cannot be cloned",
    label = "write `share()`, once, in place of `clone()`: the `Shared` that it returns has clones"
)]
pub trait ManyOwners {
    /// Another owner.
    #[must_use]
    fn another(&self) -> Self;
}

/// Without it, rustc proposes `close`, which is spelled like `clone`. No impl of `Clone`: rustc would then propose a
/// clone wherever a closed object is used.
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

/// Stands for a type that is to be taken apart. As with `Probe`, method lookup finds out whether it implements `Drop`.
pub struct Ending<T>(PhantomData<fn() -> T>);

impl<T> Clone for Ending<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Ending<T> {}

impl<T> Ending<T> {
    /// That of this value's type.
    #[inline]
    #[must_use]
    pub fn of(_: &T) -> Self {
        Self(PhantomData)
    }
}

/// The type implements `Drop`.
pub trait ByDrop {
    /// Says so.
    fn ending(&self) -> ImplementsDrop {
        ImplementsDrop
    }
}

#[expect(
    drop_bounds,
    reason = "found by method lookup, where no other bound would do"
)]
impl<T: Drop> ByDrop for Ending<T> {}

/// Any type.
pub trait ByFields: Sized {
    /// Says so.
    #[inline]
    fn ending(self) -> Fields {
        Fields
    }
}

impl<T> ByFields for Ending<T> {}

/// A type that cannot be taken apart.
pub struct ImplementsDrop;

/// A type that can.
pub struct Fields;

/// How a derived type ends.
#[diagnostic::on_unimplemented(
    message = "`{T}` implements `Drop`, and an object is taken apart when it is closed",
    label = "write what `drop` does as an `async fn(&mut self)`, and name that here: `#[aobject(close = Self::METHOD)]`"
)]
pub trait TakenApart<T> {}

#[diagnostic::do_not_recommend]
impl<T> TakenApart<T> for Fields {}

/// Asks for it.
#[inline]
pub fn take_apart<T>(_: &T, _: impl TakenApart<T>) {}

/// What a field may be.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not `Send`, and an object moves between threads",
    label = "write a type that is `Send`: `Arc` for `Rc`, `dyn Trait + Send` for `dyn Trait`"
)]
pub trait MovesBetweenThreads {}

#[diagnostic::do_not_recommend]
impl<T: Send> MovesBetweenThreads for T {}

/// Asks for it.
pub const fn field_type<T: MovesBetweenThreads>() {}

/// In place of a value of a type that is none.
///
/// # Panics
///
/// Always, where it is evaluated: at compile time.
pub const fn no_stub() -> ! {
    panic!("the derive takes this for an object behind a trait; give the type another name")
}
