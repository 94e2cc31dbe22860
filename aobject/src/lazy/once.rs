//! Who builds, who waits, and how they all learn of its end. Knows neither objects nor frames.
//!
//! **The invariant.** The build has one owner: the stage, or whoever took it out to poll or to drop it, which is one of
//! those who wait, or the last of them on its way out. Nobody keeps it: it is put back before the poll of its owner
//! returns. It wakes all who wait, and the first of them who is polled takes it. While it is out, whoever comes only
//! says that it waits, and a wake that arrives is kept until it is put back: so those who found it out hear of it,
//! though the one who had it may never be polled again.
//!
//! Under the lock nothing runs and nothing is dropped that is not the library's own: the last clone of a waker may
//! own a task that waits here.

use std::mem;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use slab::Slab;

use crate::contain::contain;
use crate::sync::{Mutex, MutexGuard};
use crate::{Error, Phase};

/// One build at a time, of type `B`, and what is kept of one that succeeds.
pub(crate) struct Once<B, K> {
    id: u64,
    state: Mutex<State<B, K>>,
}

struct State<B, K> {
    stage: Stage<B, K>,
    waiters: Slab<Waiter>,
    /// How many of them have not been told how it ended. Whoever has the build need not be one of them.
    waiting: usize,
    /// The build has not begun, or was woken since it was last polled.
    due: bool,
    /// For ever: who comes is told so, and only the one who closes finds out what there is.
    closed: bool,
}

/// What there is.
pub(crate) enum Stage<B, K> {
    /// Begun or not, and nobody's.
    Here(B),
    /// To be polled or to be dropped.
    Taken,
    Made(K),
    /// For ever.
    Failed(Error),
    /// To whoever closes it.
    Gone,
}

enum Waiter {
    /// `None` once it was woken and not polled since.
    Waiting(Option<Waker>),
    /// `None`: it has been made.
    Told(Option<Error>),
}

impl Waiter {
    /// `None` if it has been told.
    fn waker(&mut self) -> Option<&mut Option<Waker>> {
        match self {
            Waiter::Waiting(waker) => Some(waker),
            Waiter::Told(_) => None,
        }
    }
}

/// A place among those who wait.
pub(crate) struct Ticket(Option<usize>);

impl Ticket {
    pub(crate) const NONE: Self = Self(None);

    pub(crate) fn is_held(&self) -> bool {
        self.0.is_some()
    }
}

/// Whose turn it is.
enum Turn<B, K> {
    /// The caller's, who puts it back.
    Build(B),
    Somebody,
    Nobody(Result<K, Error>),
}

/// Whether an error is kept.
#[derive(Clone, Copy)]
pub(crate) enum After {
    /// The next call tries anew.
    Retry,
    Remember,
}

impl<B, K: Clone> Once<B, K> {
    pub(crate) fn new(build: B) -> Arc<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Arc::new(Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            state: Mutex::new(State {
                stage: Stage::Here(build),
                waiters: Slab::new(),
                waiting: 0,
                due: true,
                closed: false,
            }),
        })
    }

    /// Like no other's.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// Waits for the end of the build, and drives it if nobody else is at it.
    ///
    /// `drive` may not unwind. When it is ready, it leaves the build as good as new.
    pub(crate) fn poll(
        self: &Arc<Self>,
        ticket: &mut Ticket,
        cx: &mut Context<'_>,
        after: After,
        drive: impl FnOnce(&mut B, &mut Context<'_>) -> Poll<Result<K, Error>>,
    ) -> Poll<Result<K, Error>>
    where
        B: Send + 'static,
        K: Send + 'static,
    {
        let mut turn = self.join(ticket, None);
        if let Turn::Somebody = turn {
            turn = self.join(ticket, Some(cx.waker().clone()));
        }
        let mut build = match turn {
            Turn::Build(build) => build,
            Turn::Somebody => return Poll::Pending,
            Turn::Nobody(result) => return Poll::Ready(result),
        };
        let all = Waker::from(Arc::clone(self));
        match drive(&mut build, &mut Context::from_waker(&all)) {
            Poll::Pending => self.put_back(ticket, build, cx.waker().clone()),
            Poll::Ready(outcome) => Poll::Ready(self.finish(ticket, build, outcome, after)),
        }
    }

    /// Whoever first finds that the build is to be polled gets it; the others are registered, if they say whom to wake.
    fn join(&self, ticket: &mut Ticket, waker: Option<Waker>) -> Turn<B, K> {
        let mut state = self.lock();
        if let Some(result) = state.result(ticket) {
            return Turn::Nobody(result);
        }
        if state.due
            && let Some(build) = state.take_build()
        {
            state.due = false;
            return Turn::Build(build);
        }
        let outdated = waker.and_then(|waker| state.register(ticket, waker));
        drop(state);
        drop(outdated);
        Turn::Somebody
    }

    /// The one who drove the build waits from now on, unless it was closed meanwhile.
    fn put_back(&self, ticket: &mut Ticket, build: B, waker: Waker) -> Poll<Result<K, Error>> {
        let mut state = self.lock();
        state.stage = Stage::Here(build);
        let result = state.result(ticket);
        let outdated = if result.is_none() {
            state.register(ticket, waker)
        } else {
            None
        };
        let wakers = state.pass_on();
        drop(state);
        drop(outdated);
        wake(wakers);
        result.map_or(Poll::Pending, Poll::Ready)
    }

    /// Tells everybody who waits, and yields what the caller is told.
    fn finish(
        &self,
        ticket: &mut Ticket,
        build: B,
        outcome: Result<K, Error>,
        after: After,
    ) -> Result<K, Error> {
        let failure = outcome.as_ref().err().cloned();
        let ended = match (outcome, after) {
            (Ok(kept), _) => Stage::Made(kept),
            (Err(error), After::Remember) => Stage::Failed(error),
            (Err(_), After::Retry) => Stage::Here(build),
        };
        let mut state = self.lock();
        let own = state.take_waker(ticket);
        let wakers = state.tell(failure.as_ref());
        (state.stage, state.due) = (ended, true);
        let result = state.result(ticket);
        drop(state);
        drop(own);
        wake(wakers);
        result
            .or_else(|| failure.map(Err))
            .expect("it has succeeded or failed")
    }

    /// Waits no longer, if it did. The last to leave has the build given up, which nobody takes up meanwhile.
    pub(crate) fn leave(&self, ticket: &mut Ticket, give_up: impl FnOnce(&mut B)) {
        if !ticket.is_held() {
            return;
        }
        let mut state = self.lock();
        let waiter = state.remove(ticket);
        let build = if state.waiting == 0 {
            state.take_build()
        } else {
            None
        };
        drop(state);
        drop(waiter);
        if let Some(mut build) = build {
            give_up(&mut build);
            let mut state = self.lock();
            (state.stage, state.due) = (Stage::Here(build), true);
            let wakers = state.pass_on();
            drop(state);
            wake(wakers);
        }
    }

    /// What has been made, if nobody has closed it.
    pub(crate) fn get(&self) -> Option<K> {
        match &*self.lock() {
            State {
                stage: Stage::Made(kept),
                closed: false,
                ..
            } => Some(kept.clone()),
            _ => None,
        }
    }

    /// Takes what has been made, and puts `build` in its place: it can be made again.
    pub(crate) fn take_made(&self, build: B) -> Option<K> {
        let mut state = self.lock();
        match mem::replace(&mut state.stage, Stage::Gone) {
            Stage::Made(kept) => {
                (state.stage, state.due) = (Stage::Here(build), true);
                Some(kept)
            }
            other => {
                state.stage = other;
                None
            }
        }
    }

    /// Closes it for ever: who waits is told so, and who comes.
    pub(crate) fn close(&self) {
        let closed = Error::closed();
        let mut state = self.lock();
        let wakers = state.tell(Some(&closed));
        state.closed = true;
        drop(state);
        wake(wakers);
    }

    /// Waits until whoever has the build has put it back, and takes everything, after [`close`](Self::close).
    pub(crate) fn poll_take(&self, ticket: &mut Ticket, cx: &mut Context<'_>) -> Poll<Stage<B, K>> {
        let waker = cx.waker().clone();
        let mut state = self.lock();
        if let Stage::Taken = state.stage {
            let outdated = state.register(ticket, waker);
            drop(state);
            drop(outdated);
            return Poll::Pending;
        }
        let taken = mem::replace(&mut state.stage, Stage::Gone);
        let waiter = state.remove(ticket);
        drop(state);
        drop(waiter);
        Poll::Ready(taken)
    }

    /// Takes everything at once: nobody has the build, since nobody can wait any more.
    pub(crate) fn dismantle(&self) -> Stage<B, K> {
        mem::replace(&mut self.lock().stage, Stage::Gone)
    }

    fn lock(&self) -> MutexGuard<'_, State<B, K>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<B, K: Clone> State<B, K> {
    /// How it ended, for the holder of this ticket, which is void then.
    fn result(&mut self, ticket: &mut Ticket) -> Option<Result<K, Error>> {
        let told = match ticket.0 {
            Some(key) => match &self.waiters[key] {
                Waiter::Waiting(_) => return None,
                Waiter::Told(_) => self.remove(ticket),
            },
            None => None,
        };
        match (told, &self.stage) {
            (Some(Waiter::Told(Some(error))), _) => Some(Err(error)),
            // Also to one who was told of a success before.
            _ if self.closed => Some(Err(Error::closed())),
            (_, Stage::Made(kept)) => Some(Ok(kept.clone())),
            (_, Stage::Failed(error)) => Some(Err(error.clone())),
            // It was made, and closed again, before the waiter was polled.
            (Some(_), _) | (_, Stage::Gone) => Some(Err(Error::closed())),
            (None, Stage::Here(_) | Stage::Taken) => None,
        }
    }

    /// Yields what it replaces.
    fn register(&mut self, ticket: &mut Ticket, waker: Waker) -> Option<Waiter> {
        let waiter = Waiter::Waiting(Some(waker));
        let outdated = if let Some(key) = ticket.0 {
            Some(mem::replace(&mut self.waiters[key], waiter))
        } else {
            ticket.0 = Some(self.waiters.insert(waiter));
            None
        };
        self.waiting += usize::from(!matches!(outdated, Some(Waiter::Waiting(_))));
        outdated
    }

    fn remove(&mut self, ticket: &mut Ticket) -> Option<Waiter> {
        let waiter = self.waiters.remove(ticket.0.take()?);
        self.waiting -= usize::from(matches!(waiter, Waiter::Waiting(_)));
        Some(waiter)
    }

    fn take_build(&mut self) -> Option<B> {
        match mem::replace(&mut self.stage, Stage::Taken) {
            Stage::Here(build) => Some(build),
            other => {
                self.stage = other;
                None
            }
        }
    }

    /// Tells all who have not been told, and yields their wakers.
    fn tell(&mut self, error: Option<&Error>) -> Vec<Waker> {
        self.waiting = 0;
        let mut wakers = Vec::new();
        for (_, waiter) in &mut self.waiters {
            if let Some(waker) = waiter.waker() {
                wakers.extend(waker.take());
                *waiter = Waiter::Told(error.cloned());
            }
        }
        wakers
    }

    fn take_waker(&mut self, ticket: &Ticket) -> Option<Waker> {
        self.waiters[ticket.0?].waker()?.take()
    }

    /// Whom to wake when the build is put back: if it was woken meanwhile, or somebody waits to take it for ever, all.
    fn pass_on(&mut self) -> Vec<Waker> {
        if self.due || self.closed {
            self.take_wakers()
        } else {
            Vec::new()
        }
    }

    fn take_wakers(&mut self) -> Vec<Waker> {
        self.waiters
            .iter_mut()
            .filter_map(|(_, waiter)| waiter.waker()?.take())
            .collect()
    }
}

/// What the build wakes: all who wait, whichever of them will be polled.
impl<B: Send + 'static, K: Clone + Send + 'static> Wake for Once<B, K> {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let mut state = self.lock();
        state.due = true;
        let is_taken = matches!(state.stage, Stage::Taken);
        let wakers = if is_taken {
            Vec::new()
        } else {
            state.take_wakers()
        };
        drop(state);
        wake(wakers);
    }
}

/// All of them, even if one of them, which is the user's, panics. It may be called where an object is dropped.
fn wake(wakers: Vec<Waker>) {
    for waker in wakers {
        drop(contain(Phase::Init, || waker.wake()));
    }
}
