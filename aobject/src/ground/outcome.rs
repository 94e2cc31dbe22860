//! The return types of the user's hooks, steps, tasks and close expressions.

use crate::ground::error::BoxError;

/// The return type of a hook, a step, a task or a `close` expression: `()` or `Result<(), E>`.
#[diagnostic::on_unimplemented(
    message = "expected `()` or `Result<(), E>`, found `{Self}`",
    label = "a hook, a step, a task or a `close` expression returns `()` or a `Result<(), E>`",
    note = "add `.await` to a future, and wrap a value that is not needed in `drop(…)`"
)]
pub trait Outcome {
    /// Converts it to a `Result` with a boxed error.
    ///
    /// # Errors
    ///
    /// The user's error.
    fn into_result(self) -> Result<(), BoxError>;
}

impl Outcome for () {
    fn into_result(self) -> Result<(), BoxError> {
        Ok(())
    }
}

/// A function that loops until it is cancelled returns `!`, which has no name on stable Rust.
#[diagnostic::do_not_recommend]
impl Outcome for <fn() -> ! as Returns>::Output {
    fn into_result(self) -> Result<(), BoxError> {
        match self {}
    }
}

/// Gives `!` a name.
pub trait Returns {
    /// The return type of the function.
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
