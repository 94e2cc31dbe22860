use std::future::Future;

use crate::ground::error::{BoxError, Error};
use crate::handles::body::{Body, finish, ordered};
use crate::handles::new::New;
use crate::handles::object::AObject;
use crate::kernel::job::Job;

impl<T, F> New<T, F>
where
    T: AObject,
    F: Future<Output = Result<T, BoxError>>,
{
    /// Makes the object, runs the body with it, and closes it however the body ends: it may return, fail, panic
    /// or be cancelled. Objects that the body drops without a close are closed before the object, one by one, in drop
    /// order. [`scope`](crate::scope()) says how to close them concurrently, and how to bound one that never ends.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe. If it is dropped after any number of polls, everything that was made is closed in order in
    /// the background, the objects of the body first.
    ///
    /// # Errors
    ///
    /// The error of the init, or of the body, or of the close, whichever comes first. If the close fails after
    /// the body has failed, that error is reported, and [`drain`](crate::drain()) returns it.
    ///
    /// # Panics
    ///
    /// If the body panics, its panic is resumed after the object has been closed.
    ///
    /// # Examples
    ///
    /// ```
    /// use aobject::{AObject, BoxError};
    ///
    /// #[derive(AObject)]
    /// struct Session {
    ///     user: String,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), BoxError> {
    /// let greeting = Session::new("ada".to_owned())
    ///     .with(async |session| -> Result<_, BoxError> { Ok(format!("hello, {}", session.user)) })
    ///     .await?;
    /// assert_eq!(greeting, "hello, ada");
    /// # Ok(())
    /// # }
    /// ```
    pub fn with<R, E, B>(self, body: B) -> impl Future<Output = Result<R, E>>
    where
        B: AsyncFnOnce(&T) -> Result<R, E>,
        E: From<Error>,
    {
        ordered(async move {
            let live = self.await?;
            let (outcome, left) = Body::new(Box::pin(body(&live))).await;
            finish(outcome, Job::behind(left, live.into_job())).await
        })
    }
}
