use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::future::TryFutureExt;
use futures_util::stream::{FuturesUnordered, StreamExt};
use pin_project_lite::pin_project;

use crate::ground::error::{BoxError, Error, Phase};
use crate::ground::in_flight;
use crate::ground::path::PathSegment;
use crate::handles::close::Close;
use crate::handles::closing::Closing;
use crate::handles::live::Live;
use crate::handles::new::New;
use crate::handles::object::AObject;
use crate::kernel::drive;
use crate::kernel::job::Job;

/// Makes several objects at the same time: all of them or none. Python's `asyncio.gather` for objects.
///
/// Takes a tuple of up to 12 starts; for a number that is known at run time, [`try_join_all`].
///
/// # Cancel safety
///
/// Dropped after any number of polls, everything that had been made is closed in the background: what was being
/// made first, all of it together, then what had been finished.
///
/// # Errors
///
/// That of the first start to fail, when the others have been rolled back and what was finished has been closed.
/// What went wrong in that is [related](Error::related) to it.
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
pub fn try_join<S: JoinTuple>(starts: S) -> impl Future<Output = Result<S::Made, Error>> + Send {
    starts.start_all()
}

/// Makes any number of objects of one type at the same time: all of them, in order, or none.
///
/// For cancel safety, see [`try_join`].
///
/// # Errors
///
/// Those of [`try_join`]; the path has the index, `Worker[3].pool`.
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
pub fn try_join_all<I, T, F>(starts: I) -> impl Future<Output = Result<Vec<Live<T>>, Error>>
where
    I: IntoIterator<Item = New<T, F>>,
    T: AObject,
    F: Future<Output = Result<T, BoxError>>,
{
    let place =
        |index| move |live| move |slots: &mut Vec<Option<Live<T>>>| slots[index] = Some(live);
    let starts = starts.into_iter().enumerate();
    let members = starts.map(|(index, new)| (PathSegment::Index(index), new.map_ok(place(index))));
    let members: FuturesUnordered<_> = members.map(Member::new).collect();
    let slots: Vec<_> = std::iter::repeat_with(|| None)
        .take(members.len())
        .collect();
    async {
        Ok(all_or_none(Joining {
            members,
            slots: Some(slots),
        })
        .await?
        .into_iter()
        .flatten()
        .collect())
    }
}

/// A tuple of what `Type::new` and `Type::start` return: what [`try_join`] takes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tuple of starts",
    label = "needs a tuple of what `Type::new(…)` or `Type::start(…)` returns, up to 12",
    note = "write `try_join((A::new(), B::new()))`, without `.await` inside; for a `Vec`, use `try_join_all`"
)]
pub trait JoinTuple {
    /// The tuple of the [`Live`] objects.
    type Made;

    /// Not public API.
    #[doc(hidden)]
    type Slots;

    /// Not public API.
    #[doc(hidden)]
    fn start_all(self) -> impl Future<Output = Result<Self::Made, Error>> + Send;
}

/// Starts at the same time, and what has come out of them.
struct Joining<S: Close + Send + 'static, F> {
    members: FuturesUnordered<Member<F>>,
    /// `None` once it is somebody else's.
    slots: Option<S>,
}

/// Each start ends with a closure that puts the object in its slot.
async fn all_or_none<S, F, P>(mut joining: Joining<S, F>) -> Result<S, Error>
where
    S: Close + Send + 'static,
    F: Future<Output = Result<P, Error>>,
    P: FnOnce(&mut S),
{
    while let Some(result) = joining.members.next().await {
        match (result, &mut joining.slots) {
            (Ok(place), Some(slots)) => place(slots),
            (Ok(_), None) => {}
            (Err(error), _) => {
                let rollback =
                    Job::after_errors(vec![error.clone()], joining.take().into_iter().collect());
                return Err(Closing::of(rollback).await.err().unwrap_or(error));
            }
        }
    }
    Ok(joining.slots.take().expect("they are taken once"))
}

impl<S: Close + Send + 'static, F> Joining<S, F> {
    /// Lets go of what is in flight; the close of that and of what has been made.
    fn take(&mut self) -> Option<Job> {
        let slots = self.slots.take()?;
        let in_flight = drive::release(Phase::Init, &mut || self.members.clear());
        let in_flight = in_flight.into_iter().map(|job| (PathSegment::None, job));
        Some(Job::behind(
            vec![Job::concurrently(in_flight)],
            slots.into_job(),
        ))
    }
}

impl<S: Close + Send + 'static, F> Drop for Joining<S, F> {
    fn drop(&mut self) {
        drop(self.take());
    }
}

pin_project! {
    struct Member<F> {
        name: PathSegment,
        #[pin]
        start: Option<F>,
    }

    impl<F> PinnedDrop for Member<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.start.is_some() {
                let mut release = || this.start.set(None);
                let part = &mut || in_flight::part(this.name, &mut release);
                let left = drive::release(Phase::Init, part);
                drop(Job::in_order(left).named(*this.name));
            }
        }
    }
}

impl<F> Member<F> {
    fn new((name, start): (PathSegment, F)) -> Self {
        Self {
            name,
            start: Some(start),
        }
    }
}

impl<F: Future<Output = Result<P, Error>>, P> Future for Member<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let Some(start) = this.start.as_mut().as_pin_mut() else {
            return Poll::Pending;
        };
        let result = ready!(start.poll(cx));
        this.start.set(None);
        Poll::Ready(result.map_err(|error| error.named(this.name)))
    }
}

type BoxPlace<S> = Box<dyn FnOnce(&mut S) + Send>;
type BoxStart<'a, S> = Pin<Box<dyn Future<Output = Result<BoxPlace<S>, Error>> + Send + 'a>>;

/// A start of a tuple's, whose type the others need not know.
fn boxed<'a, S, T, F>(new: New<T, F>, place: fn(&mut S, Live<T>)) -> Member<BoxStart<'a, S>>
where
    S: 'static,
    T: AObject,
    F: Future<Output = Result<T, BoxError>> + Send + 'a,
{
    let start =
        new.map_ok(move |live| Box::new(move |slots: &mut S| place(slots, live)) as BoxPlace<S>);
    Member::new((PathSegment::None, Box::pin(start)))
}

macro_rules! starts_tuple {
    ($($object:ident $init:ident $at:tt)+) => {
        #[diagnostic::do_not_recommend]
        impl<$($object, $init),+> JoinTuple for ($(New<$object, $init>,)+)
        where
            $($object: AObject, $init: Future<Output = Result<$object, BoxError>> + Send,)+
        {
            type Made = ($(Live<$object>,)+);
            type Slots = ($(Option<Live<$object>>,)+);

            async fn start_all(self) -> Result<Self::Made, Error> {
                let members = FuturesUnordered::new();
                $(members.push(boxed(self.$at, |slots: &mut Self::Slots, live| slots.$at = Some(live)));)+
                let slots = all_or_none(Joining { members, slots: Some(($(None::<Live<$object>>,)+)) }).await?;
                Ok(($(slots.$at.expect("all are made"),)+))
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
