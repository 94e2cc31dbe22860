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
        watched_by_observers(&graph.name(at), job)
    } else {
        job
    }
}

#[cold]
fn watched_by_observers(name: &PathSegment, job: Job) -> Job {
    if job.others().is_some() {
        return job;
    }
    job.observed(Act::field(Phase::Close, field_name(name)))
}

fn field_name(name: &PathSegment) -> &'static str {
    match name {
        PathSegment::Field(name) => name,
        _ => "part",
    }
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
        let name = |at: usize| field_name(&graph.name(at));
        acts::name_fields((0..graph.members()).map(name));
        let act = |at: usize| {
            let needs = graph.needs(at).iter().filter(|need| **need >= first);
            let needs: Vec<_> = needs.map(|need| name(*need)).collect();
            let act = Act::field(Phase::Init, name(at))?;
            if !needs.is_empty() {
                act.waits(&needs);
            }
            Some(act)
        };
        self.0 = Some((first..graph.members()).map(act).collect());
    }

    /// Polls a field.
    #[inline]
    pub(super) fn poll(
        &mut self,
        at: usize,
        poll: impl FnOnce() -> Poll<Result<(), Error>>,
    ) -> Poll<Result<(), Error>> {
        match self.act(at) {
            None => poll(),
            Some(act) => {
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
