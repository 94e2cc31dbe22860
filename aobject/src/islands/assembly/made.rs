//! What has been made of an assembly's parts, and their graph.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::ground::blueprint::Blueprint;
use crate::ground::path::PathSegment;
use crate::islands::assembly::slots::BoxPart;
use crate::kernel::graph::Graph;
use crate::kernel::graph::end::{Parts, State};
use crate::kernel::graph::woken::Woken;
use crate::kernel::job::Job;

/// The graph, of which the parts are numbered as they were added.
#[derive(Default)]
pub(super) struct Wiring {
    pub(super) members: Vec<Member>,
    /// Of all members, a range for each.
    pub(super) needs: Vec<usize>,
    /// The same backwards, once no more are added.
    users: Vec<usize>,
}

pub(super) struct Member {
    pub(super) name: &'static str,
    pub(super) object: fn() -> Blueprint,
    pub(super) needs: Range<usize>,
    users: Range<usize>,
    pub(super) init_timeout: Option<Duration>,
    pub(super) close_timeout: Option<Duration>,
}

impl Wiring {
    /// Adds a member that needs those from `begin` on.
    pub(super) fn add(
        &mut self,
        name: Cow<'static, str>,
        object: fn() -> Blueprint,
        begin: usize,
    ) -> usize {
        self.needs[begin..].sort_unstable();
        let mut end = begin;
        for at in begin..self.needs.len() {
            if end == begin || self.needs[end - 1] != self.needs[at] {
                self.needs[end] = self.needs[at];
                end += 1;
            }
        }
        self.needs.truncate(end);
        self.members.push(Member {
            name: kept(name),
            object,
            needs: begin..end,
            users: 0..0,
            init_timeout: None,
            close_timeout: None,
        });
        self.members.len() - 1
    }

    /// Finds the users of all members.
    pub(super) fn connected(mut self) -> Arc<Self> {
        let Self {
            members,
            needs,
            users,
        } = &mut self;
        for at in 0..members.len() {
            for need in &needs[members[at].needs.clone()] {
                members[*need].users.end += 1;
            }
        }
        let mut end = 0;
        for member in &mut *members {
            let begin = end;
            end += member.users.len();
            member.users = begin..begin;
        }
        *users = vec![0; end];
        for at in 0..members.len() {
            for need in &needs[members[at].needs.clone()] {
                let of = &mut members[*need].users;
                users[of.end] = at;
                of.end += 1;
            }
        }
        Arc::new(self)
    }
}

impl Graph for Arc<Wiring> {
    fn members(&self) -> usize {
        self.members.len()
    }

    fn object(&self) -> PathSegment {
        PathSegment::Object(|| Blueprint::named("Assembled"))
    }

    fn name(&self, at: usize) -> PathSegment {
        PathSegment::Field(self.members[at].name)
    }

    fn needs(&self, at: usize) -> &[usize] {
        &self.needs[self.members[at].needs.clone()]
    }

    fn users(&self, at: usize) -> &[usize] {
        &self.users[self.members[at].users.clone()]
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
    pub(super) slots: Vec<BoxPart>,
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
        let job = self.slots[at].take_job()?;
        Some(match self.wiring.members[at].close_timeout {
            None => job,
            Some(limit) => job.within(|| limit, self.wiring.name(at)),
        })
    }
}
