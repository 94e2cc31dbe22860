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
        let items = unfold(Some((next, self)), |reading| async {
            let (next, live) = reading?;
            ordered(next_item(live, next)).await
        });
        Items(Some(Box::pin(items.fuse())))
    }
}

/// Makes one ordered job of what a stream leaves: what `next` holds, and then the object.
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

/// What `next` holds goes before the object.
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
