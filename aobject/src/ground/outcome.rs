//! What the user's hooks, steps, tasks and close expressions may return.

use crate::ground::error::BoxError;

/// `()` or `Result<(), E>`.
#[diagnostic::on_unimplemented(
    message = "a hook, a step, a task or a `close` expression returns `()` or `Result<(), E>`, not `{Self}`",
    label = "`()` or `Result<(), E>` with any error type `E` expected"
)]
pub trait Outcome {
    /// The errors' types do not matter from here on.
    ///
    /// # Errors
    ///
    /// The user's.
    fn into_result(self) -> Result<(), BoxError>;
}

impl Outcome for () {
    fn into_result(self) -> Result<(), BoxError> {
        Ok(())
    }
}

/// What loops until it is cancelled returns `!`, which has no name yet.
#[diagnostic::do_not_recommend]
impl Outcome for <fn() -> ! as Returns>::Output {
    fn into_result(self) -> Result<(), BoxError> {
        match self {}
    }
}

/// Gives `!` a name.
pub trait Returns {
    /// What the function returns.
    type Output;
}

impl<R> Returns for fn() -> R {
    type Output = R;
}

impl<E: Into<BoxError>> Outcome for Result<(), E> {
    fn into_result(self) -> Result<(), BoxError> {
        self.map_err(Into::into)
    }
}
