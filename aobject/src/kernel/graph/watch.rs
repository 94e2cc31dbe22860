//! The members of a graph as observers see them.

use std::task::Poll;

use crate::ground::error::{Error, Phase};
use crate::ground::events::acts::{self, Act};
use crate::ground::events::observers::is_observed;
use crate::ground::path::PathSegment;
use crate::kernel::graph::Graph;
use crate::kernel::job::Job;

/// The close of a member, which reports its steps.
#[inline]
pub(super) fn watched<G: Graph>(graph: &G, at: usize, job: Job) -> Job {
    if is_observed() {
        watched_by_observers(graph, at, job)
    } else {
        job
    }
}

#[cold]
fn watched_by_observers<G: Graph>(graph: &G, at: usize, job: Job) -> Job {
    if job.others().is_some() {
        return job;
    }
    let mut act = Act::field(Phase::Close, at, name_of(graph, at));
    if let Some(act) = &mut act {
        act.follow(named(graph, graph.users(at)));
    }
    job.observed(act)
}

fn name_of(graph: &impl Graph, at: usize) -> &'static str {
    match graph.name(at) {
        PathSegment::Field(name) => name,
        _ => "part",
    }
}

fn named(graph: &impl Graph, members: &[usize]) -> impl Iterator<Item = (usize, &'static str)> {
    members.iter().map(|&at| (at, name_of(graph, at)))
}

/// The members that are being made. Empty while nobody observes.
#[derive(Default)]
pub(super) struct Watch(Option<Box<[Option<Box<Act>>]>>);

impl Watch {
    /// Before members, from the first that is made, are polled.
    #[inline]
    pub(super) fn look<G: Graph>(&mut self, graph: &G, first: usize) {
        if self.0.is_none() && is_observed() {
            self.begin(graph, first);
        }
    }

    /// Reports the members that wait.
    #[cold]
    #[inline(never)]
    fn begin<G: Graph>(&mut self, graph: &G, first: usize) {
        let name = |at: usize| name_of(graph, at);
        acts::name_fields((0..graph.members()).map(name));
        let act = |at: usize| {
            let needs = graph.needs(at).iter().filter(|need| **need >= first);
            let needs: Vec<_> = needs.map(|need| name(*need)).collect();
            let act = Act::field(Phase::Init, at, name(at))?;
            if !needs.is_empty() {
                act.waits(&needs);
            }
            Some(act)
        };
        self.0 = Some((first..graph.members()).map(act).collect());
    }

    /// Polls a field.
    #[inline]
    pub(super) fn poll<G: Graph>(
        &mut self,
        graph: &G,
        at: usize,
        first: usize,
        poll: impl FnOnce() -> Poll<Result<(), Error>>,
    ) -> Poll<Result<(), Error>> {
        match self.act(at - first) {
            None => poll(),
            Some(act) => {
                act.follow(named(graph, graph.needs(at)));
                act.enter();
                let polled = poll();
                act.leave();
                if let Poll::Ready(result) = &polled {
                    act.end(result.as_ref().copied());
                }
                polled
            }
        }
    }

    /// Drops a field in flight.
    pub(super) fn abandon<R>(&mut self, at: usize, abandon: impl FnOnce() -> R) -> R {
        let Some(act) = self.act(at).filter(|act| act.has_begun()) else {
            return abandon();
        };
        act.enter();
        let abandoned = abandon();
        act.leave();
        act.cancel();
        abandoned
    }

    #[inline]
    fn act(&mut self, at: usize) -> Option<&mut Act> {
        self.0.as_mut().and_then(|acts| acts[at].as_deref_mut())
    }
}
