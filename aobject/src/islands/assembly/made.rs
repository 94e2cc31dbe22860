//! What has been made of an assembly's parts, and their graph.

use std::any::Any;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use crate::ground::blueprint::Blueprint;
use crate::ground::path::PathSegment;
use crate::handles::object::AObject;
use crate::handles::shared::Shared;
use crate::kernel::graph::Graph;
use crate::kernel::graph::end::{Parts, State};
use crate::kernel::graph::woken::Woken;
use crate::kernel::job::Job;

/// A part in its slot: a `Shared` of its type.
pub(super) type BoxPart = Box<dyn AnyPart>;

/// A slot for each part.
pub(super) type Slots = [OnceLock<BoxPart>];

pub trait AnyPart: Send + Sync {
    fn as_any(&self) -> &dyn Any;

    fn into_job(self: Box<Self>) -> Job;
}

impl<T: AObject + Sync> AnyPart for Shared<T> {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn into_job(self: Box<Self>) -> Job {
        if self.count_others() == 0 {
            return match self.close_last() {
                Ok(closing) => closing.into_job(),
                Err(error) => Job::after_errors(vec![error], Vec::new()),
            };
        }
        let made_at = self.made_at();
        // Counted again when it runs: until then, what users left on the way may hold it.
        let close = async move { Ok(self.close_last()?.await?) };
        Job::of_future(close).made(made_at)
    }
}

/// The graph, of which the parts are numbered as they were added.
#[derive(Default)]
pub(super) struct Wiring {
    pub(super) names: Vec<&'static str>,
    pub(super) objects: Vec<fn() -> Blueprint>,
    pub(super) needs: Vec<Vec<usize>>,
    users: Vec<Vec<usize>>,
    close_timeouts: Vec<Option<Duration>>,
}

impl Wiring {
    pub(super) fn add(
        &mut self,
        name: Cow<'static, str>,
        object: fn() -> Blueprint,
        mut needs: Vec<usize>,
    ) -> usize {
        let at = self.names.len();
        needs.sort_unstable();
        needs.dedup();
        for &need in &needs {
            self.users[need].push(at);
        }
        self.names.push(kept(name));
        self.objects.push(object);
        self.needs.push(needs);
        self.users.push(Vec::new());
        self.close_timeouts.push(None);
        at
    }

    pub(super) fn limit_close(&mut self, at: usize, limit: Duration) {
        self.close_timeouts[at] = Some(limit);
    }
}

impl Graph for Arc<Wiring> {
    fn members(&self) -> usize {
        self.names.len()
    }

    fn object(&self) -> PathSegment {
        PathSegment::Object(|| Blueprint::named("Assembled"))
    }

    fn name(&self, at: usize) -> PathSegment {
        PathSegment::Field(self.names[at])
    }

    fn needs(&self, at: usize) -> &[usize] {
        &self.needs[at]
    }

    fn users(&self, at: usize) -> &[usize] {
        &self.users[at]
    }
}

/// The same name for as long as the program runs, kept once: errors and background closes may outlive the assembly.
fn kept(name: Cow<'static, str>) -> &'static str {
    static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let name = match name {
        Cow::Borrowed(name) => return name,
        Cow::Owned(name) => name,
    };
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(kept) = names.get(name.as_str()) {
        return kept;
    }
    let kept: &'static str = name.leak();
    names.insert(kept);
    kept
}

pub(super) struct Made {
    pub(super) slots: Vec<OnceLock<BoxPart>>,
    pub(super) wiring: Arc<Wiring>,
}

impl Parts for Made {
    type Graph = Arc<Wiring>;
    type Agenda = Woken;
    type States = Vec<State>;

    fn members(&self) -> usize {
        self.slots.len()
    }

    fn walk(&self) -> (Arc<Wiring>, Woken, Vec<State>) {
        let graph = Arc::clone(&self.wiring);
        let agenda = Woken::down(&graph);
        let states = std::iter::repeat_with(|| State::Waiting);
        let states = states.take(graph.members()).collect();
        (graph, agenda, states)
    }

    fn close_part(&mut self, at: usize) -> Option<Job> {
        let job = self.slots[at].take()?.into_job();
        Some(match self.wiring.close_timeouts[at] {
            None => job,
            Some(limit) => job.within(|| limit, self.wiring.name(at)),
        })
    }
}
