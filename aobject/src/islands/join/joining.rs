//! The state machine of concurrent starts, all or none, for tuples and lists.

use std::collections::VecDeque;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::stream::{FuturesUnordered, StreamExt};
use pin_project_lite::pin_project;

use crate::ground::error::{Error, Phase};
use crate::ground::events::around;
use crate::ground::in_flight;
use crate::ground::path::PathSegment;
use crate::handles::close::Close;
use crate::handles::closing::Closing;
use crate::kernel::doom;
use crate::kernel::drive;
use crate::kernel::given_up::GivenUp;
use crate::kernel::job::Job;

/// A finished object that has to be put into its slot.
pub(super) trait Place<S> {
    /// Puts the object into its slot.
    fn put(self, slots: &mut S);
}

/// Resolves to the filled slots, or to an error after everything that was made has been closed.
pub(super) enum Joining<S: Close + Send + 'static, F> {
    Starting(Starting<S, F>),
    RollingBack(Closing),
    Ended,
}

/// The starts, and the objects that they have made.
pub(super) struct Starting<S: Close + Send + 'static, F> {
    in_flight: FuturesUnordered<Member<F>>,
    /// Not begun, because of the limit.
    waiting: VecDeque<(PathSegment, F)>,
    limit: usize,
    /// The other starts, once the error of one in flight is certain.
    given_up: Option<GivenUp>,
    /// `None` after the slots have moved to another owner.
    slots: Option<S>,
}

/// Nothing in it is pinned, because `FuturesUnordered` allocates the starts.
impl<S: Close + Send + 'static, F> Unpin for Joining<S, F> {}

impl<S: Close + Send + 'static, F> Joining<S, F> {
    pub(super) fn new(starts: impl IntoIterator<Item = (PathSegment, F)>, slots: S) -> Self {
        Self::Starting(Starting {
            in_flight: FuturesUnordered::new(),
            waiting: starts.into_iter().collect(),
            limit: usize::MAX,
            given_up: None,
            slots: Some(slots),
        })
    }

    /// Limits the number of starts in flight; at least one.
    pub(super) fn set_limit(&mut self, limit: usize) {
        if let Self::Starting(starting) = self {
            starting.limit = limit.max(1);
        }
    }

    /// Whether its error is certain.
    pub(super) fn is_failing(&self) -> bool {
        match self {
            Self::Starting(starting) => starting.given_up.is_some(),
            Self::RollingBack(_) => true,
            Self::Ended => false,
        }
    }

    pub(super) fn state(&self) -> &'static str {
        match self {
            Self::Starting(_) => "init",
            Self::RollingBack(_) => "rolling back",
            Self::Ended => "done",
        }
    }
}

impl<S, F, P> Future for Joining<S, F>
where
    S: Close + Send + 'static,
    F: Future<Output = Result<P, Error>>,
    P: Place<S>,
{
    type Output = Result<S, Error>;

    /// # Panics
    ///
    /// Panics if polled again after it was ready.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let Self::Starting(starting) = &mut *self {
            match ready!(starting.poll(cx)) {
                Ok(slots) => {
                    *self = Self::Ended;
                    return Poll::Ready(Ok(slots));
                }
                Err(error) => {
                    let jobs = starting.take().into_iter().collect();
                    let rollback = Closing::of(Job::after_errors(vec![error], jobs));
                    *self = Self::RollingBack(rollback);
                }
            }
        }
        let Self::RollingBack(rollback) = &mut *self else {
            panic!("join polled after completion");
        };
        let result = ready!(Pin::new(rollback).poll(cx));
        *self = Self::Ended;
        let error = result.expect_err("a rollback ends with the error that it began with");
        Poll::Ready(Err(error))
    }
}

impl<S: Close + Send + 'static, F> Starting<S, F> {
    fn poll<P: Place<S>>(&mut self, cx: &mut Context<'_>) -> Poll<Result<S, Error>>
    where
        F: Future<Output = Result<P, Error>>,
    {
        loop {
            while self.in_flight.len() < self.limit
                && let Some(start) = self.waiting.pop_front()
            {
                self.in_flight.push(Member::new(start));
            }
            doom::clear();
            match (self.in_flight.poll_next_unpin(cx), &mut self.slots) {
                (Poll::Pending, _) => break,
                (Poll::Ready(Some(Ok(place))), Some(slots)) => place.put(slots),
                (Poll::Ready(Some(Ok(_))), None) => {}
                (Poll::Ready(Some(Err(error))), _) => return Poll::Ready(Err(error)),
                (Poll::Ready(None), slots) => {
                    return Poll::Ready(Ok(slots.take().expect("they are taken once")));
                }
            }
        }
        if doom::is_given() {
            // Whether it is passed on, the future around this one knows.
            doom::clear();
            if self.given_up.is_none() {
                self.give_up();
            }
        }
        if let Some(given_up) = &mut self.given_up {
            given_up.poll(cx);
        }
        Poll::Pending
    }

    /// Gives up all but the one whose error is certain.
    #[cold]
    fn give_up(&mut self) {
        let job = self.abandon(|in_flight| {
            let in_flight = Pin::new(in_flight).iter_pin_mut();
            let others = in_flight.filter(|one| !one.is_doomed);
            others.for_each(Member::abandon);
        });
        self.given_up = Some(GivenUp::new(job));
    }

    /// Drops the starts that are in flight or waiting. Returns their closes, followed by those of the finished
    /// objects.
    fn take(&mut self) -> Option<Job> {
        let slots = self.slots.take()?;
        let given_up = self.given_up.take().map(GivenUp::into_job);
        let left = self.abandon(FuturesUnordered::clear);
        let left = given_up.into_iter().chain([left]);
        let left = Job::concurrently(left.map(|job| (PathSegment::None, job)));
        Some(Job::behind(vec![left], slots.into_job()))
    }

    /// Drops what waits, and of what is in flight what `release` does; what that leaves is closed concurrently.
    fn abandon(&mut self, mut release: impl FnMut(&mut FuturesUnordered<Member<F>>)) -> Job {
        let in_flight = &mut self.in_flight;
        let mut left = drive::release(Phase::Init, &mut || release(in_flight));
        let mut waiting = mem::take(&mut self.waiting);
        // A start that waits was not in flight, so the error of an expired limit must not name it.
        let mut release = || drop(in_flight::watch(|| waiting.clear()));
        left.append(&mut drive::release(Phase::Init, &mut release));
        Job::concurrently(left.into_iter().map(|job| (PathSegment::None, job)))
    }
}

impl<S: Close + Send + 'static, F> Drop for Starting<S, F> {
    fn drop(&mut self) {
        drop(self.take());
    }
}

pin_project! {
    /// A start in flight.
    struct Member<F> {
        name: PathSegment,
        // Its error is certain.
        is_doomed: bool,
        // `None` once it has ended.
        #[pin]
        start: Option<F>,
    }

    impl<F> PinnedDrop for Member<F> {
        fn drop(this: Pin<&mut Self>) {
            this.abandon();
        }
    }
}

impl<F> Member<F> {
    fn new((name, start): (PathSegment, F)) -> Self {
        Self {
            name,
            is_doomed: false,
            start: Some(start),
        }
    }

    /// Ends it before its end.
    fn abandon(self: Pin<&mut Self>) {
        let mut this = self.project();
        if this.start.is_some() {
            let mut release = || this.start.set(None);
            let part = &mut || in_flight::part(this.name, &mut release);
            let left = drive::release(Phase::Init, part);
            drop(Job::in_order(left).named(*this.name));
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
        if doom::is_given() && !*this.is_doomed {
            // By another one in this poll: this one is given up.
            return Poll::Pending;
        }
        let polled = around::at(this.name, || start.poll(cx));
        *this.is_doomed |= polled.is_pending() && doom::is_given();
        let result = ready!(polled);
        this.start.set(None);
        Poll::Ready(result.map_err(|error| error.named(this.name)))
    }
}
