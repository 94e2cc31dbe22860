//! What rustc is to say of what cannot be done. Nothing here ever runs.

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
