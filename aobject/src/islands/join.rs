use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::future::TryFutureExt;
use pin_project_lite::pin_project;

use crate::ground::error::{BoxError, Error};
use crate::ground::path::PathSegment;
use crate::handles::certain::{Awaited, Certain, Start};
use crate::handles::close::Close;
use crate::handles::live::Live;
use crate::handles::new::New;
use crate::handles::object::AObject;

use joining::{Joining, Place};

mod joining;

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
    let starts = starts.into_starts().into_iter();
    let starts = starts.map(|start| (PathSegment::None, start));
    TryJoin(Joining::new(starts, S::slots()))
}

/// The future of [`try_join`].
///
/// # Dropping
///
/// Before its end: everything that had been made is closed in the background, as for [`try_join`].
#[must_use = "objects are made by awaiting them: `.await?`"]
pub struct TryJoin<S: JoinTuple>(Joining<S::Slots, BoxStart<S::Slots>>);

impl<S: JoinTuple> Future for TryJoin<S> {
    type Output = Result<S::Made, Error>;

    /// # Panics
    ///
    /// When polled again after it is ready.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let slots = ready!(Pin::new(&mut self.0).poll(cx))?;
        Poll::Ready(Ok(S::made(slots)))
    }
}

impl<S: JoinTuple> Start for TryJoin<S> {
    fn is_failing(&self) -> bool {
        self.0.is_failing()
    }
}

/// By state.
impl<S: JoinTuple> fmt::Debug for TryJoin<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TryJoin")
            .field("state", &self.0.state())
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
    type Slots: Close + Send + 'static;

    /// Not public API.
    #[doc(hidden)]
    fn into_starts(self) -> Vec<BoxStart<Self::Slots>>;

    /// Not public API.
    #[doc(hidden)]
    fn slots() -> Self::Slots;

    /// Not public API.
    #[doc(hidden)]
    fn made(slots: Self::Slots) -> Self::Made;
}

type BoxPlace<S> = Box<dyn FnOnce(&mut S) + Send>;
type BoxStart<S> = Pin<Box<dyn Future<Output = Result<BoxPlace<S>, Error>> + Send>>;

/// Erases the type of one start of a tuple.
fn boxed<S, T, F>(new: New<T, F>, place: fn(&mut S, Live<T>)) -> BoxStart<S>
where
    S: 'static,
    T: AObject,
    F: Future<Output = Result<T, BoxError>> + Send + 'static,
{
    let start = Awaited(new).passed_on();
    let start =
        start.map_ok(move |live| Box::new(move |slots: &mut S| place(slots, live)) as BoxPlace<S>);
    Box::pin(start)
}

impl<S> Place<S> for BoxPlace<S> {
    fn put(self, slots: &mut S) {
        self(slots);
    }
}

macro_rules! starts_tuple {
    ($($object:ident $init:ident $at:tt)+) => {
        #[diagnostic::do_not_recommend]
        impl<$($object, $init),+> JoinTuple for ($(New<$object, $init>,)+)
        where
            $($object: AObject, $init: Future<Output = Result<$object, BoxError>> + Send + 'static,)+
        {
            type Made = ($(Live<$object>,)+);
            type Slots = ($(Option<Live<$object>>,)+);

            fn into_starts(self) -> Vec<BoxStart<Self::Slots>> {
                vec![$(boxed(self.$at, |slots: &mut Self::Slots, live| slots.$at = Some(live))),+]
            }

            fn slots() -> Self::Slots {
                ($(None::<Live<$object>>,)+)
            }

            fn made(slots: Self::Slots) -> Self::Made {
                ($(slots.$at.expect("all are made"),)+)
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
