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
    /// Makes the object, runs the body with it, and closes it, whatever the body did: return, fail, panic or be
    /// cancelled. What the body itself dropped unclosed is closed before, one by one, in drop order; for how to close it
    /// concurrently, and for one that never ends, see [`scope`](crate::scope()).
    ///
    /// # Cancel safety
    ///
    /// Dropped after any number of polls, what had been made, the body's objects first, is closed in order in the
    /// background.
    ///
    /// # Errors
    ///
    /// The init's; else the body's; else the close's. A close that fails after the body has failed is reported, and
    /// told by [`drain`](crate::drain()).
    ///
    /// # Panics
    ///
    /// When the body panics: with its panic, after the object has been closed.
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
