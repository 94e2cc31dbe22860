use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::future::TryFutureExt;
use pin_project_lite::pin_project;

use crate::ground::error::{BoxError, Error};
use crate::ground::path::PathSegment;
use crate::handles::certain::{Awaited, Certain, Start};
use crate::handles::live::Live;
use crate::handles::new::New;
use crate::handles::object::AObject;

use joining::{Joining, Place};
use slots::{Placed, Slots};

mod joining;
mod slots;

/// Makes several objects concurrently: all of them or none. It corresponds to Python's `asyncio.gather`.
///
/// Takes a tuple of up to 12 starts. For a number that is known only at run time, use [`try_join_all`].
///
/// # Cancel safety
///
/// Cancel safe. If it is dropped after any number of polls, everything that was made is closed in the background:
/// first the parts of unfinished starts, concurrently, then the finished objects.
///
/// # Errors
///
/// The error of the first start that fails. It is returned after the other starts have been rolled back and the
/// finished objects have been closed. Errors of those closes are [related](Error::related) to it. From the moment the
/// failure is known, nothing new starts, and the others are rolled back concurrently with the start that failed.
///
/// # Examples
///
/// ```
/// # use aobject::AObject;
/// # #[derive(AObject)]
/// # struct Store { url: String }
/// # #[derive(AObject)]
/// # struct Cache;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aobject::Error> {
/// let (store, cache) = aobject::try_join((Store::new("db".to_owned()), Cache::new())).await?;
/// # aobject::Close::close((store, cache)).await
/// # }
/// ```
pub fn try_join<S: JoinTuple>(starts: S) -> TryJoin<S> {
    let starts = starts.into_starts();
    let slots = Slots::new(starts.len());
    let starts = starts.into_iter().map(|start| (PathSegment::None, start));
    TryJoin {
        joining: Joining::new(starts, slots),
        made: S::made,
        of: PhantomData,
    }
}

/// The future of [`try_join`] with a tuple of starts `S`, which makes the tuple of objects `M`.
///
/// # Dropping
///
/// Before its end: everything that had been made is closed in the background, as for [`try_join`].
#[must_use = "objects are made by awaiting them: `.await?`"]
pub struct TryJoin<S, M = <S as JoinTuple>::Made> {
    // Neither this nor the `impl`s require `S: JoinTuple`. Otherwise rustc would report a wrong argument once more, at
    // the `.await`.
    joining: Joining<Slots, BoxStart>,
    made: fn(Slots) -> M,
    of: PhantomData<fn() -> S>,
}

impl<S, M> Future for TryJoin<S, M> {
    type Output = Result<M, Error>;

    /// # Panics
    ///
    /// When polled again after it is ready.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let slots = ready!(Pin::new(&mut self.joining).poll(cx))?;
        Poll::Ready(Ok((self.made)(slots)))
    }
}

impl<S, M> Start for TryJoin<S, M> {
    fn is_failing(&self) -> bool {
        self.joining.is_failing()
    }
}

/// By state.
impl<S, M> fmt::Debug for TryJoin<S, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TryJoin")
            .field("state", &self.joining.state())
            .finish_non_exhaustive()
    }
}

/// Makes any number of objects of one type concurrently: all of them, in order, or none.
///
/// Cancel safe, like [`try_join`]. [`TryJoinAll::limit`] limits how many start at once; by default, all do.
///
/// # Errors
///
/// The same as those of [`try_join`]. The path contains the index, `Worker[3].pool`.
///
/// # Examples
///
/// ```
/// # use aobject::{AObject, Close};
/// # #[derive(AObject)]
/// # struct Worker { id: u32 }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aobject::Error> {
/// let workers = aobject::try_join_all((0..3).map(Worker::new)).await?;
/// assert_eq!(workers[2].id, 2);
/// workers.close().await
/// # }
/// ```
pub fn try_join_all<I, T, F>(starts: I) -> TryJoinAll<T, F>
where
    I: IntoIterator<Item = New<T, F>>,
    T: AObject,
    F: Future<Output = Result<T, BoxError>>,
{
    let starts = starts.into_iter().enumerate();
    let starts = starts.map(|(index, new)| {
        let start = Awaited(new).passed_on();
        (PathSegment::Index(index), Indexed { index, start })
    });
    let starts: Vec<_> = starts.collect();
    let slots = starts.iter().map(|_| None).collect();
    TryJoinAll(Joining::new(starts, slots))
}

/// The future of [`try_join_all`].
///
/// # Dropping
///
/// If it is dropped before its end, everything that was made is closed in the background, as for [`try_join`].
#[must_use = "objects are made by awaiting them: `.await?`"]
pub struct TryJoinAll<T: AObject, F>(Joining<Vec<Option<Live<T>>>, Indexed<T, F>>);

impl<T, F> TryJoinAll<T, F>
where
    T: AObject,
    F: Future<Output = Result<T, BoxError>>,
{
    /// Limits the number of starts in flight to `limit`, which is at least 1. Each further start begins when
    /// another one has ended, in order. The sync constructors have run before.
    ///
    /// If a start fails, the starts in flight are rolled back, and the others never begin.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{AObject, Close};
    /// # use std::time::Duration;
    /// #[derive(AObject)]
    /// struct Shard {
    ///     id: u32,
    ///     #[aobject(init = tokio::time::sleep(Duration::from_secs(1)).await)]
    ///     opened: (),
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// let begun = tokio::time::Instant::now();
    /// let shards = aobject::try_join_all((0..6).map(Shard::new)).limit(2).await?;
    /// assert_eq!(begun.elapsed(), Duration::from_secs(3));
    /// shards.close().await
    /// # }
    /// ```
    pub fn limit(mut self, limit: usize) -> Self {
        self.0.set_limit(limit);
        self
    }
}

impl<T, F> Future for TryJoinAll<T, F>
where
    T: AObject,
    F: Future<Output = Result<T, BoxError>>,
{
    type Output = Result<Vec<Live<T>>, Error>;

    /// # Panics
    ///
    /// Panics if polled again after it was ready.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let slots = ready!(Pin::new(&mut self.0).poll(cx))?;
        Poll::Ready(Ok(slots.into_iter().flatten().collect()))
    }
}

impl<T, F> Start for TryJoinAll<T, F>
where
    T: AObject,
    F: Future<Output = Result<T, BoxError>>,
{
    fn is_failing(&self) -> bool {
        self.0.is_failing()
    }
}

/// Prints the name of the object and the state.
impl<T: AObject, F> fmt::Debug for TryJoinAll<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TryJoinAll")
            .field("object", &T::blueprint().name())
            .field("state", &self.0.state())
            .finish_non_exhaustive()
    }
}

pin_project! {
    /// A start of a list.
    struct Indexed<T: AObject, F> {
        index: usize,
        #[pin]
        start: Certain<New<T, F>>,
    }
}

impl<T, F> Future for Indexed<T, F>
where
    T: AObject,
    F: Future<Output = Result<T, BoxError>>,
{
    type Output = Result<Listed<T>, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let live = ready!(this.start.poll(cx))?;
        Poll::Ready(Ok(Listed {
            index: *this.index,
            live,
        }))
    }
}

/// An object of a list.
struct Listed<T: AObject> {
    index: usize,
    live: Live<T>,
}

impl<T: AObject> Place<Vec<Option<Live<T>>>> for Listed<T> {
    fn put(self, slots: &mut Vec<Option<Live<T>>>) {
        slots[self.index] = Some(self.live);
    }
}

/// A tuple of starts, the argument of [`try_join`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tuple of starts",
    label = "expected a tuple of up to 12 starts, such as `(A::new(), B::new())`",
    note = "remove each `.await` inside: `try_join((A::new(), B::new())).await?`",
    note = "for a `Vec` of starts, use `try_join_all`"
)]
pub trait JoinTuple {
    /// The tuple of [`Live`] objects.
    type Made;

    /// Not public API.
    #[doc(hidden)]
    fn into_starts(self) -> Vec<BoxStart>;

    /// Not public API.
    #[doc(hidden)]
    fn made(slots: Slots) -> Self::Made;
}

/// A start of a tuple. It resolves to the object and its position.
type BoxStart = Pin<Box<dyn Future<Output = Result<Placed, Error>> + Send>>;

/// Erases the type of one start of a tuple.
fn boxed<T, F>(new: New<T, F>, at: usize) -> BoxStart
where
    T: AObject,
    F: Future<Output = Result<T, BoxError>> + Send + 'static,
{
    let start = Awaited(new).passed_on();
    Box::pin(start.map_ok(move |live| Placed {
        at,
        object: Box::new(live),
    }))
}

macro_rules! starts_tuple {
    ($($object:ident $init:ident $at:tt)+) => {
        #[diagnostic::do_not_recommend]
        impl<$($object, $init),+> JoinTuple for ($(New<$object, $init>,)+)
        where
            $($object: AObject, $init: Future<Output = Result<$object, BoxError>> + Send + 'static,)+
        {
            type Made = ($(Live<$object>,)+);

            fn into_starts(self) -> Vec<BoxStart> {
                vec![$(boxed(self.$at, $at)),+]
            }

            fn made(mut slots: Slots) -> Self::Made {
                ($(slots.take::<$object>($at),)+)
            }
        }
    };
}

starts_tuple!(A AInit 0);
starts_tuple!(A AInit 0 B BInit 1);
starts_tuple!(A AInit 0 B BInit 1 C CInit 2);
starts_tuple!(A AInit 0 B BInit 1 C CInit 2 D DInit 3);
starts_tuple!(A AInit 0 B BInit 1 C CInit 2 D DInit 3 E EInit 4);
starts_tuple!(A AInit 0 B BInit 1 C CInit 2 D DInit 3 E EInit 4 F FInit 5);
starts_tuple!(A AInit 0 B BInit 1 C CInit 2 D DInit 3 E EInit 4 F FInit 5 G GInit 6);
starts_tuple!(A AInit 0 B BInit 1 C CInit 2 D DInit 3 E EInit 4 F FInit 5 G GInit 6 H HInit 7);
starts_tuple!(A AInit 0 B BInit 1 C CInit 2 D DInit 3 E EInit 4 F FInit 5 G GInit 6 H HInit 7 I IInit 8);
starts_tuple!(A AInit 0 B BInit 1 C CInit 2 D DInit 3 E EInit 4 F FInit 5 G GInit 6 H HInit 7 I IInit 8 J JInit 9);
starts_tuple!(A AInit 0 B BInit 1 C CInit 2 D DInit 3 E EInit 4 F FInit 5 G GInit 6 H HInit 7 I IInit 8 J JInit 9 K KInit 10);
starts_tuple!(A AInit 0 B BInit 1 C CInit 2 D DInit 3 E EInit 4 F FInit 5 G GInit 6 H HInit 7 I IInit 8 J JInit 9 K KInit 10 L LInit 11);
