//! For graphs of thousands: a pass looks at those alone that were woken, or may begin.

use std::collections::VecDeque;
use std::mem;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Wake, Waker};

use crate::kernel::graph::{Agenda, Graph};

/// Each member has a waker of its own, so that a walk takes a time in proportion to the members and their needs.
pub(crate) struct Woken {
    /// For each member, how many that it waits for have not ended.
    awaited: Vec<usize>,
    /// In this pass.
    next: VecDeque<usize>,
    /// Those of members that have kept theirs, as those do that wait.
    wakers: Vec<Option<Waker>>,
    /// The one that no member has kept.
    spare: Option<Arc<Member>>,
    open: usize,
    queue: Arc<Queue>,
}

impl Woken {
    /// From those that need nothing.
    pub(crate) fn up(graph: &impl Graph) -> Self {
        let members = 0..graph.members();
        let needs = members.clone().map(|at| graph.needs(at).len());
        Self::of(needs.collect(), members)
    }

    /// From those that have no users.
    pub(crate) fn down(graph: &impl Graph) -> Self {
        let members = 0..graph.members();
        let users = members.clone().map(|at| graph.users(at).len());
        Self::of(users.collect(), members.rev())
    }

    fn of(awaited: Vec<usize>, members: impl Iterator<Item = usize>) -> Self {
        let next = members.filter(|&at| awaited[at] == 0).collect();
        let open = awaited.len();
        Self {
            awaited,
            next,
            wakers: vec![None; open],
            spare: None,
            open,
            queue: Arc::new(Queue(Mutex::new(Waking {
                is_woken: vec![false; open],
                ..Waking::default()
            }))),
        }
    }
}

impl Agenda for Woken {
    type Pass = ();

    fn pass(&mut self, _: Range<usize>, cx: Option<&Context<'_>>) {
        let driver = cx.map(|cx| cx.waker().clone());
        let mut waking = self.queue.lock();
        let woken = mem::take(&mut waking.woken);
        // Before they are polled: one that wakes from here on is looked at again in the next pass.
        for &at in &woken {
            waking.is_woken[at] = false;
        }
        let earlier = mem::replace(&mut waking.driver, driver);
        drop(waking);
        // Not under the lock: it is the user's.
        drop(earlier);
        self.next.extend(woken);
    }

    fn next(&mut self, (): &mut ()) -> Option<usize> {
        self.next.pop_front()
    }

    fn may_begin(&self, at: usize, _: &[usize], _: impl Fn(usize) -> bool) -> bool {
        self.awaited[at] == 0
    }

    fn poll<R>(
        &mut self,
        at: usize,
        _: &mut Context<'_>,
        poll: impl FnOnce(&mut Context<'_>) -> R,
    ) -> R {
        if let Some(waker) = &self.wakers[at] {
            return poll(&mut Context::from_waker(waker));
        }
        let mut member = self.spare.take().unwrap_or_else(|| {
            let queue = Arc::clone(&self.queue);
            Arc::new(Member { at, queue })
        });
        if let Some(member) = Arc::get_mut(&mut member) {
            member.at = at;
        }
        let waker = Waker::from(Arc::clone(&member));
        let polled = poll(&mut Context::from_waker(&waker));
        if Arc::strong_count(&member) > 2 {
            self.wakers[at] = Some(waker);
        } else {
            drop(waker);
            self.spare = Some(member);
        }
        polled
    }

    fn postpone(&mut self, at: usize) {
        self.queue.wake(at);
    }

    fn ended(&mut self, waiting: &[usize]) {
        self.open -= 1;
        for &at in waiting {
            self.awaited[at] -= 1;
            if self.awaited[at] == 0 {
                self.next.push_back(at);
            }
        }
    }

    fn is_over(&self, _: bool) -> bool {
        self.open == 0
    }
}

struct Queue(Mutex<Waking>);

#[derive(Default)]
struct Waking {
    /// Since the last pass, each once.
    woken: Vec<usize>,
    /// Whether a member is among them.
    is_woken: Vec<bool>,
    /// The driver of the walk, until it is woken.
    driver: Option<Waker>,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waking> {
        // Nothing of the user's runs under the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self, at: usize) {
        let mut waking = self.lock();
        if mem::replace(&mut waking.is_woken[at], true) {
            return;
        }
        waking.woken.push(at);
        let driver = waking.driver.take();
        drop(waking);
        if let Some(driver) = driver {
            driver.wake();
        }
    }
}

struct Member {
    at: usize,
    queue: Arc<Queue>,
}

impl Wake for Member {
    fn wake(self: Arc<Self>) {
        self.queue.wake(self.at);
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.queue.wake(self.at);
    }
}

#[cfg(test)]
mod tests;
