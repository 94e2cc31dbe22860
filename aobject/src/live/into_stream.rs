use futures_util::stream::{Stream, StreamExt, unfold};

use super::Live;
use crate::jobs::framed::{Framed, close_left, finish, ordered};
use crate::jobs::job::Job;
use crate::{AObject, Error};

impl<T: AObject> Live<T> {
    /// A stream of what the object yields, one call of `next` for each item: Python's `async for`.
    ///
    /// After `None` or an error the object is closed, and the stream has ended. In a spawned task, `next` has to be an
    /// `async move` closure.
    ///
    /// # Dropping
    ///
    /// Closes the object in the background.
    ///
    /// # Cancel safety
    ///
    /// A wait for the next item may be dropped, and goes on with the next wait from where it is.
    ///
    /// # Errors
    ///
    /// The item after which the stream ends: the error of `next`, when the object has been closed; or that of the
    /// close, after the last item. A close that fails after `next` has failed is reported.
    ///
    /// # Panics
    ///
    /// When `next` panics: with its panic, after the object has been closed.
    ///
    /// # Examples
    ///
    /// ```
    /// use aobject::{AObject, Error};
    /// use futures_util::StreamExt; // or tokio_stream's
    ///
    /// #[derive(AObject)]
    /// struct Reader {
    ///     lines: Vec<&'static str>,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Error> {
    /// let reader = Reader::new(vec!["two", "one"]).await?;
    /// let mut lines = reader.into_stream(async |reader| -> Result<_, Error> { Ok(reader.lines.pop()) });
    /// while let Some(line) = lines.next().await {
    ///     println!("{}", line?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn into_stream<I, E, B>(self, next: B) -> impl Stream<Item = Result<I, E>> + Unpin
    where
        B: AsyncFnMut(&mut T) -> Result<Option<I>, E>,
        E: From<Error>,
    {
        let items = unfold(Some((self, next)), |reading| async {
            let (live, next) = reading?;
            ordered(next_item(live, next)).await
        });
        Box::pin(items.fuse())
    }
}

type Reading<T, B> = Option<(Live<T>, B)>;

async fn next_item<T, I, E, B>(mut live: Live<T>, mut next: B) -> Option<(Result<I, E>, Reading<T, B>)>
where
    T: AObject,
    B: AsyncFnMut(&mut T) -> Result<Option<I>, E>,
    E: From<Error>,
{
    let (outcome, left) = Framed::new(Box::pin(next(&mut live))).await;
    let outcome = match outcome {
        Ok(Ok(Some(item))) => {
            close_left(left).await;
            return Some((Ok(item), Some((live, next))));
        }
        Ok(Ok(None)) => Ok(Ok(())),
        Ok(Err(error)) => Ok(Err(error)),
        Err(panic) => Err(panic),
    };
    let ended: Result<(), E> = finish(outcome, Job::behind(left, live.into_job())).await;
    ended.err().map(|error| (Err(error), None))
}
