//! The way down: the close of what a graph's start has made.

use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::ground::error::{BoxError, Error};
use crate::kernel::graph::watch::watched;
use crate::kernel::graph::{Agenda, Graph};
use crate::kernel::job::Job;
use crate::kernel::remark;

/// How far the close of a member is.
#[expect(missing_debug_implementations, reason = "derived code alone holds it")]
pub enum State {
    /// Its users are not closed, or no pass has looked yet.
    Waiting,
    /// It is being closed.
    Closing(Job),
    /// It is closed, was dropped, or was never made.
    Closed,
}

/// What has been made of a graph's members.
pub(crate) trait Parts: Send + 'static {
    type Graph: Graph + Send + 'static;
    type Agenda: Agenda + Send + 'static;
    type States: AsMut<[State]> + Send + 'static;

    /// How many members there are.
    fn members(&self) -> usize;

    /// Who waits for whom, the way down, and for each member that it waits.
    fn walk(&self) -> (Self::Graph, Self::Agenda, Self::States);

    /// Takes a member and drops it, or else yields how to close it. Never panics.
    fn close_part(&mut self, at: usize) -> Option<Job>;
}

/// The future of the close of all parts.
///
/// Dropping it hands over what has not ended.
#[must_use = "a future"]
pub(crate) struct Teardown<P: Parts> {
    /// `None` once all is closed.
    parts: Option<P>,
    /// `None` until a member has a close.
    begun: Option<Begun<P>>,
}

struct Begun<P: Parts> {
    graph: P::Graph,
    agenda: P::Agenda,
    states: P::States,
    errors: Vec<Error>,
}

/// Nothing in it is pinned.
impl<P: Parts> Unpin for Teardown<P> {}

impl<P: Parts> Teardown<P> {
    #[inline]
    pub(crate) fn of(parts: P) -> Self {
        Self {
            parts: Some(parts),
            begun: None,
        }
    }

    /// Drops the members down to the first that has a close; false if none has. It knows the type and keeps no states:
    /// 140 instructions less for an object whose fields are merely dropped.
    #[inline]
    fn begin(&mut self) -> bool {
        let Some(parts) = &mut self.parts else {
            return false;
        };
        for at in (0..parts.members()).rev() {
            if let Some(job) = parts.close_part(at) {
                let (graph, mut agenda, mut states) = parts.walk();
                look_for_shares(&graph, at, &job);
                let job = watched(&graph, at, job);
                begin_at(&graph, &mut agenda, states.as_mut(), at, job);
                self.begun = Some(Begun {
                    graph,
                    agenda,
                    states,
                    errors: Vec::new(),
                });
                return true;
            }
        }
        self.parts = None;
        false
    }

    /// Closes what can be closed, or without a context, only finds out what there is to close. True once all is closed.
    #[inline]
    fn advance(&mut self, cx: Option<&mut Context<'_>>) -> bool {
        if self.begun.is_none() && !self.begin() {
            return true;
        }
        self.advance_begun(cx)
    }

    fn advance_begun(&mut self, cx: Option<&mut Context<'_>>) -> bool {
        let (Some(parts), Some(begun)) = (&mut self.parts, &mut self.begun) else {
            return true;
        };
        let Begun {
            graph,
            agenda,
            states,
            errors,
        } = begun;
        let close_part = &mut |at| parts.close_part(at);
        let all_closed = advance(graph, agenda, states.as_mut(), errors, close_part, cx);
        if all_closed {
            self.parts = None;
        }
        all_closed
    }

    /// Hands over the rest of the close; what needs no waiting is done at once.
    #[cold]
    fn hand_over(&mut self) {
        let (mut errors, mut jobs) = (Vec::new(), Vec::new());
        if let Some(begun) = &mut self.begun {
            errors = mem::take(&mut begun.errors);
            let states = begun.states.as_mut();
            jobs.extend(take_begun(&begun.graph, &mut begun.agenda, states));
        }
        if !self.advance(None) {
            jobs.push(Job::of_future(Self {
                parts: self.parts.take(),
                begun: self.begun.take(),
            }));
        }
        if !jobs.is_empty() || !errors.is_empty() {
            drop(Job::after_errors(errors, jobs));
        }
    }
}

impl<P: Parts> Future for Teardown<P> {
    type Output = Result<(), BoxError>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if !self.advance(Some(cx)) {
            return Poll::Pending;
        }
        Poll::Ready(match &mut self.begun {
            Some(begun) if !begun.errors.is_empty() => failed(&mut begun.errors),
            _ => Ok(()),
        })
    }
}

impl<P: Parts> Drop for Teardown<P> {
    #[inline]
    fn drop(&mut self) {
        if self.parts.is_some() {
            self.hand_over();
        }
    }
}

/// Compiled once, not for each type.
#[cold]
fn failed(errors: &mut Vec<Error>) -> Result<(), BoxError> {
    Error::merge(mem::take(errors)).map_or(Ok(()), |error| Err(error.into()))
}

/// The close of this member is `job`, and those above it are closed.
#[cold]
fn begin_at<G: Graph, A: Agenda>(
    graph: &G,
    agenda: &mut A,
    states: &mut [State],
    at: usize,
    job: Job,
) {
    for closed in (at + 1..states.len()).rev() {
        states[closed] = State::Closed;
        agenda.ended(graph.needs(closed));
    }
    states[at] = State::Closing(job);
}

fn advance<G: Graph, A: Agenda>(
    graph: &G,
    agenda: &mut A,
    states: &mut [State],
    errors: &mut Vec<Error>,
    close_part: &mut dyn FnMut(usize) -> Option<Job>,
    mut cx: Option<&mut Context<'_>>,
) -> bool {
    let mut all_closed = true;
    let mut pass = agenda.pass(0..states.len(), cx.as_deref());
    while let Some(at) = agenda.next(&mut pass) {
        let is_closed = |user: usize| matches!(states[user], State::Closed);
        if matches!(states[at], State::Waiting) && agenda.may_begin(at, graph.users(at), is_closed)
        {
            let job = close_part(at).map(|job| {
                look_for_shares(graph, at, &job);
                watched(graph, at, job)
            });
            states[at] = job.map_or(State::Closed, State::Closing);
            if let State::Closed = states[at] {
                agenda.ended(graph.needs(at));
            }
        }
        if let State::Closing(job) = &mut states[at]
            && job.others().is_some()
        {
            states[at] = State::Closed;
            agenda.ended(graph.needs(at));
        }
        if let State::Closing(job) = &mut states[at] {
            let Some(cx) = &mut cx else {
                agenda.postpone(at);
                all_closed = false;
                continue;
            };
            let poll = |cx: &mut Context<'_>| remark::within(|| graph.name(at), || job.poll(cx));
            if let Poll::Ready(result) = agenda.poll(at, cx, poll) {
                errors.extend(result.err().map(|error| error.named(&graph.name(at))));
                if job.holds_nothing() {
                    mem::forget(mem::replace(&mut states[at], State::Closed));
                } else {
                    states[at] = State::Closed;
                }
                agenda.ended(graph.needs(at));
            }
        }
        all_closed &= matches!(states[at], State::Closed);
    }
    agenda.is_over(all_closed)
}

/// Remarks the shares that are released, of objects that are not closed, since others hold them.
#[inline]
fn look_for_shares<G: Graph>(graph: &G, at: usize, job: &Job) {
    if job.may_be_shared() {
        remark_shares(graph, at, job);
    }
}

#[cold]
fn remark_shares<G: Graph>(graph: &G, at: usize, job: &Job) {
    for error in job.still_shared() {
        drop(Job::remark(error.named(&graph.name(at))));
    }
}

fn take_begun<G: Graph, A: Agenda>(graph: &G, agenda: &mut A, states: &mut [State]) -> Option<Job> {
    let mut begun = Vec::new();
    for (at, state) in states.iter_mut().enumerate() {
        if let State::Closing(job) = state {
            begun.push((graph.name(at), job.take()));
            *state = State::Closed;
            agenda.ended(graph.needs(at));
        }
    }
    (!begun.is_empty()).then(|| Job::concurrently(begun))
}

/// Parts that are closed when it is dropped: so the rollback of a failed start is its locals being dropped.
pub(crate) struct Guard<P: Parts>(Option<P>);

impl<P: Parts> Guard<P> {
    #[inline]
    pub(crate) fn new(parts: P) -> Self {
        Self(Some(parts))
    }

    #[inline]
    pub(crate) fn parts(&mut self) -> &mut P {
        self.0
            .as_mut()
            .expect("a guard has its parts until it gives them away")
    }

    /// Gives up the duty to close the parts.
    #[inline]
    pub(crate) fn into_parts(mut self) -> P {
        self.0.take().expect("a guard gives its parts away once")
    }
}

impl<P: Parts> Drop for Guard<P> {
    fn drop(&mut self) {
        if let Some(parts) = self.0.take() {
            drop(Teardown::of(parts));
        }
    }
}
