use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::stream::{Stream, StreamExt, unfold};

use crate::ground::error::{Error, Phase};
use crate::handles::body::{Body, close_left, finish, ordered};
use crate::handles::live::Live;
use crate::handles::object::AObject;
use crate::kernel::drive;
use crate::kernel::job::Job;

impl<T: AObject> Live<T> {
    /// Turns the object into a stream that calls `next` for each item. This corresponds to Python's `async for`.
    ///
    /// After `next` returns `None` or an error, the object is closed and the stream ends. If the stream is used
    /// in a spawned task, `next` has to be an `async move` closure.
    ///
    /// # Dropping
    ///
    /// Dropping the stream closes the object in the background.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe. If the wait for an item is dropped, the next wait continues from where it is.
    ///
    /// # Errors
    ///
    /// An error is the last item of the stream. It is the error of `next`, returned after the object has been
    /// closed, or the error of the close, returned after the last item. If the close fails after `next` has
    /// failed, its error is reported.
    ///
    /// # Panics
    ///
    /// If `next` panics, its panic is resumed after the object has been closed.
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
        let items = unfold(Some((next, self)), |reading| async {
            let (next, live) = reading?;
            ordered(next_item(live, next)).await
        });
        Items(Some(Box::pin(items.fuse())))
    }
}

/// Turns everything that a stream leaves into one ordered job: first the captures of `next`, then the object.
struct Items<S>(Option<Pin<Box<S>>>);

impl<S: Stream> Stream for Items<S> {
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0
            .as_mut()
            .map_or(Poll::Ready(None), |items| items.as_mut().poll_next(cx))
    }
}

impl<S> Drop for Items<S> {
    fn drop(&mut self) {
        drop(Job::in_order(drive::release(Phase::Close, &mut || {
            self.0 = None;
        })));
    }
}

/// The captures of `next` close before the object.
type Reading<T, B> = Option<(B, Live<T>)>;

async fn next_item<T, I, E, B>(
    mut live: Live<T>,
    mut next: B,
) -> Option<(Result<I, E>, Reading<T, B>)>
where
    T: AObject,
    B: AsyncFnMut(&mut T) -> Result<Option<I>, E>,
    E: From<Error>,
{
    let (outcome, mut left) = Body::new(Box::pin(next(&mut live))).await;
    let outcome = match outcome {
        Ok(Ok(Some(item))) => {
            close_left(left).await;
            return Some((Ok(item), Some((next, live))));
        }
        Ok(Ok(None)) => Ok(Ok(())),
        Ok(Err(error)) => Ok(Err(error)),
        Err(panic) => Err(panic),
    };
    let mut next = Some(next);
    left.extend(drive::release(Phase::Close, &mut || next = None));
    let ended: Result<(), E> = finish(outcome, Job::behind(left, live.into_job())).await;
    ended.err().map(|error| (Err(error), None))
}
