//! One build, many waiters: any of them drives the build, and all of them learn of its end. Knows no object and no job.
//!
//! **The invariant.** The `SharedBuild` owns the build, except while one waiter polls it or the last waiter drops it. The
//! build is always put back before that waiter returns. A wake of the build wakes some of the waiters, and the first of them that
//! is polled takes the build. While the build is out, a waiter only registers, and a wake that arrives is kept until
//! the build is back: so a waiter that found it out is woken, although the waiter that had it may never be polled again.
//!
//! Nothing of the user's runs or is dropped under the lock: the last clone of a waker may own a task that waits here.
//! Every field is under that lock, so no ordering has to be chosen but for the ids.

use std::collections::VecDeque;
use std::mem;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use slab::Slab;

use crate::ground::error::{Error, Phase};
use crate::ground::panic::catch_panic;
use crate::ground::sync::{Mutex, MutexGuard};

#[cfg(all(test, not(aobject_loom)))]
mod tests;

/// How many waiters a wake of the build wakes: one drives it, the others stand in for a waiter that is not polled.
const WOKEN: usize = 16;

/// One build at a time, of type `B`, and the `K` that is kept of one that succeeds.
pub(crate) struct SharedBuild<B, K> {
    id: usize,
    state: Mutex<State<B, K>>,
}

struct State<B, K> {
    stage: Stage<B, K>,
    waiters: Slab<Waiter>,
    /// The keys of waiters with a waker, in order of registration; also of waiters that have gone.
    queue: VecDeque<usize>,
    /// The waiter that polled the build last.
    driver: Option<usize>,
    /// How many waiters have no result yet. The waiter that has the build need not be one of them.
    waiting: usize,
    /// The build has not begun, or was woken since it was last polled.
    due: bool,
    /// For ever: every waiter gets an error, and only the closer finds out what there is.
    closed: bool,
}

/// What the cell holds.
pub(crate) enum Stage<B, K> {
    /// Begun or not, and in its place.
    Idle(B),
    /// Out, to be polled or to be dropped.
    Polled,
    Made(K),
    /// For ever.
    Failed(Error),
    /// By the closer.
    Taken,
}

enum Waiter {
    /// `None` once it was woken and not polled since.
    Waiting(Option<Waker>),
    /// `None`: the build has succeeded.
    Resolved(Option<Error>),
}

impl Waiter {
    /// `None` if it has its result.
    fn waker(&mut self) -> Option<&mut Option<Waker>> {
        match self {
            Waiter::Waiting(waker) => Some(waker),
            Waiter::Resolved(_) => None,
        }
    }
}

/// A place among the waiters.
pub(crate) struct WaiterKey(Option<usize>);

impl WaiterKey {
    pub(crate) const NONE: Self = Self(None);

    pub(crate) fn is_held(&self) -> bool {
        self.0.is_some()
    }
}

/// Whose turn it is.
enum Turn<B, K> {
    /// The caller's, which puts the build back.
    Build(B),
    Another,
    Over(Result<K, Error>),
}

/// Whether an error is kept.
#[derive(Clone, Copy)]
pub(crate) enum OnError {
    /// The next call tries anew.
    Retry,
    Remember,
}

/// An id of a build, unique in the process.
pub(crate) fn next_id() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    // Only uniqueness matters.
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl<B, K: Clone> SharedBuild<B, K> {
    pub(crate) fn new(build: B) -> Arc<Self> {
        Self::at(next_id(), Stage::Idle(build))
    }

    /// One that has an id already, and has got so far.
    pub(crate) fn at(id: usize, stage: Stage<B, K>) -> Arc<Self> {
        Arc::new(Self {
            id,
            state: Mutex::new(State {
                due: !matches!(stage, Stage::Polled),
                stage,
                waiters: Slab::new(),
                queue: VecDeque::new(),
                driver: None,
                waiting: 0,
                closed: false,
            }),
        })
    }

    /// Unique in the process.
    pub(crate) fn id(&self) -> usize {
        self.id
    }

    /// Waits for the end of the build, and drives it if no other waiter does.
    ///
    /// `drive` may not unwind. Ready with an error, it leaves a build that can be begun anew.
    pub(crate) fn poll(
        self: &Arc<Self>,
        key: &mut WaiterKey,
        cx: &mut Context<'_>,
        on_error: OnError,
        drive: impl FnOnce(&mut B, &mut Context<'_>) -> Poll<Result<K, Error>>,
    ) -> Poll<Result<K, Error>>
    where
        B: Send + 'static,
        K: Send + 'static,
    {
        let mut turn = self.join(key, None);
        if let Turn::Another = turn {
            turn = self.join(key, Some(cx.waker().clone()));
        }
        let mut build = match turn {
            Turn::Build(build) => build,
            Turn::Another => return Poll::Pending,
            Turn::Over(result) => return Poll::Ready(result),
        };
        let wakes_waiters = Waker::from(Arc::clone(self));
        match drive(&mut build, &mut Context::from_waker(&wakes_waiters)) {
            Poll::Pending => self.put_back(key, build, cx.waker().clone()),
            Poll::Ready(outcome) => Poll::Ready(self.finish(key, build, outcome, on_error)),
        }
    }

    /// Gives the build to the first waiter that finds it due; registers the others, if they have a waker.
    fn join(&self, key: &mut WaiterKey, waker: Option<Waker>) -> Turn<B, K> {
        let mut state = self.lock();
        if let Some(result) = state.result(key) {
            return Turn::Over(result);
        }
        if state.due
            && let Some(build) = state.take_build()
        {
            state.due = false;
            return Turn::Build(build);
        }
        let outdated = waker.and_then(|waker| state.register(key, waker));
        drop(state);
        drop(outdated);
        Turn::Another
    }

    /// The driver waits from now on, unless the cell was closed meanwhile.
    fn put_back(&self, key: &mut WaiterKey, build: B, waker: Waker) -> Poll<Result<K, Error>> {
        let mut state = self.lock();
        let (result, outdated) = state.put_back(key, build, waker);
        let wakers = state.pass_on();
        drop(state);
        drop(outdated);
        wake(wakers);
        result.map_or(Poll::Pending, Poll::Ready)
    }

    /// The same, of a build that knows the driver's waker alone: others that wait poll it anew.
    pub(crate) fn put_back_due(
        &self,
        key: &mut WaiterKey,
        build: B,
        waker: Waker,
    ) -> Poll<Result<K, Error>> {
        let mut state = self.lock();
        state.due = true;
        // The driver is not among them: it has polled the build just now.
        let wakers = state.pass_on();
        let (result, outdated) = state.put_back(key, build, waker);
        drop(state);
        drop(outdated);
        wake(wakers);
        result.map_or(Poll::Pending, Poll::Ready)
    }

    /// Resolves every waiter, and yields the caller's result.
    pub(crate) fn finish(
        &self,
        key: &mut WaiterKey,
        build: B,
        outcome: Result<K, Error>,
        on_error: OnError,
    ) -> Result<K, Error> {
        let failure = outcome.as_ref().err().cloned();
        let ended = match (outcome, on_error) {
            (Ok(kept), _) => Stage::Made(kept),
            (Err(error), OnError::Remember) => Stage::Failed(error),
            (Err(_), OnError::Retry) => Stage::Idle(build),
        };
        let mut state = self.lock();
        let own = state.take_waker(key.0);
        let wakers = state.resolve(failure.as_ref());
        (state.stage, state.due) = (ended, true);
        let result = state.result(key);
        drop(state);
        drop(own);
        wake(wakers);
        result
            .or_else(|| failure.map(Err))
            .expect("it has succeeded or failed")
    }

    /// Waits no longer, if it did. The last waiter abandons the build, which no other takes up meanwhile.
    pub(crate) fn stop_waiting(&self, key: &mut WaiterKey, abandon: impl FnOnce(&mut B)) {
        if !key.is_held() {
            return;
        }
        let mut state = self.lock();
        let waiter = state.remove(key);
        let build = if state.waiting == 0 {
            state.take_build()
        } else {
            None
        };
        // A wake may have reached this waiter alone.
        let wakers = state.pass_on();
        drop(state);
        drop(waiter);
        wake(wakers);
        if let Some(mut build) = build {
            abandon(&mut build);
            let mut state = self.lock();
            (state.stage, state.due) = (Stage::Idle(build), true);
            let wakers = state.pass_on();
            drop(state);
            wake(wakers);
        }
    }

    /// What has been made, unless the cell is closed.
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

    /// Looks at what the cell holds.
    pub(crate) fn look<R>(&self, look: impl FnOnce(&mut Stage<B, K>) -> R) -> R {
        look(&mut self.lock().stage)
    }

    /// Takes what has been made, and puts `build` in its place: it can be made again.
    pub(crate) fn take_made(&self, build: B) -> Option<K> {
        self.take_made_if(build, |_| true)
    }

    /// The same, under a condition that holds until it is taken.
    pub(crate) fn take_made_if(&self, build: B, is_due: impl FnOnce(&K) -> bool) -> Option<K> {
        let mut state = self.lock();
        match mem::replace(&mut state.stage, Stage::Taken) {
            Stage::Made(kept) if is_due(&kept) => {
                (state.stage, state.due) = (Stage::Idle(build), true);
                Some(kept)
            }
            other => {
                state.stage = other;
                None
            }
        }
    }

    /// Closes the cell for ever: every waiter gets an error, now and later. False if it was closed before.
    pub(crate) fn close(&self) -> bool {
        let closed = Error::closed();
        let mut state = self.lock();
        let wakers = state.resolve(Some(&closed));
        let is_first = !mem::replace(&mut state.closed, true);
        drop(state);
        wake(wakers);
        is_first
    }

    /// Waits until the build is back, and takes everything, after [`close`](Self::close).
    pub(crate) fn poll_take(&self, key: &mut WaiterKey, cx: &mut Context<'_>) -> Poll<Stage<B, K>> {
        let waker = cx.waker().clone();
        let mut state = self.lock();
        if let Stage::Polled = state.stage {
            let outdated = state.register(key, waker);
            drop(state);
            drop(outdated);
            return Poll::Pending;
        }
        let taken = mem::replace(&mut state.stage, Stage::Taken);
        let waiter = state.remove(key);
        drop(state);
        drop(waiter);
        Poll::Ready(taken)
    }

    /// Takes everything at once: nobody has the build, since there can be no waiter any more.
    pub(crate) fn take_all(&self) -> Stage<B, K> {
        mem::replace(&mut self.lock().stage, Stage::Taken)
    }

    fn lock(&self) -> MutexGuard<'_, State<B, K>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<B, K: Clone> State<B, K> {
    /// The result of the waiter with this key, which is void then.
    fn result(&mut self, key: &mut WaiterKey) -> Option<Result<K, Error>> {
        let resolved = match key.0 {
            Some(index) => match &self.waiters[index] {
                Waiter::Waiting(_) => return None,
                Waiter::Resolved(_) => self.remove(key),
            },
            None => None,
        };
        match (resolved, &self.stage) {
            (Some(Waiter::Resolved(Some(error))), _) => Some(Err(error)),
            // Also for a waiter that was resolved by a success before.
            _ if self.closed => Some(Err(Error::closed())),
            (_, Stage::Made(kept)) => Some(Ok(kept.clone())),
            (_, Stage::Failed(error)) => Some(Err(error.clone())),
            // It was made, and closed again, before the waiter was polled.
            (Some(_), _) | (_, Stage::Taken) => Some(Err(Error::closed())),
            (None, Stage::Idle(_) | Stage::Polled) => None,
        }
    }

    /// The driver's result, if there is one, or else the waiter that its registration replaces.
    fn put_back(
        &mut self,
        key: &mut WaiterKey,
        build: B,
        waker: Waker,
    ) -> (Option<Result<K, Error>>, Option<Waiter>) {
        self.stage = Stage::Idle(build);
        let result = self.result(key);
        let outdated = if result.is_none() {
            self.register(key, waker)
        } else {
            None
        };
        self.driver = key.0;
        (result, outdated)
    }

    /// Yields the waiter that it replaces.
    fn register(&mut self, key: &mut WaiterKey, waker: Waker) -> Option<Waiter> {
        let waiter = Waiter::Waiting(Some(waker));
        let (index, outdated) = if let Some(index) = key.0 {
            (index, Some(mem::replace(&mut self.waiters[index], waiter)))
        } else {
            (self.waiters.insert(waiter), None)
        };
        key.0 = Some(index);
        self.waiting += usize::from(!matches!(outdated, Some(Waiter::Waiting(_))));
        if !matches!(outdated, Some(Waiter::Waiting(Some(_)))) {
            self.enqueue(index);
        }
        outdated
    }

    fn enqueue(&mut self, index: usize) {
        if self.queue.len() >= 2 * self.waiters.len() + WOKEN {
            let waiters = &self.waiters;
            self.queue.retain(|&queued| {
                queued != index && matches!(waiters.get(queued), Some(Waiter::Waiting(Some(_))))
            });
        }
        self.queue.push_back(index);
    }

    fn remove(&mut self, key: &mut WaiterKey) -> Option<Waiter> {
        let waiter = self.waiters.remove(key.0.take()?);
        self.waiting -= usize::from(matches!(waiter, Waiter::Waiting(_)));
        Some(waiter)
    }

    fn take_build(&mut self) -> Option<B> {
        match mem::replace(&mut self.stage, Stage::Polled) {
            Stage::Idle(build) => Some(build),
            other => {
                self.stage = other;
                None
            }
        }
    }

    /// Resolves every waiter that has no result, and yields the wakers.
    fn resolve(&mut self, error: Option<&Error>) -> Vec<Waker> {
        self.waiting = 0;
        self.queue.clear();
        let mut wakers = Vec::new();
        for (_, waiter) in &mut self.waiters {
            if let Some(waker) = waiter.waker() {
                wakers.extend(waker.take());
                *waiter = Waiter::Resolved(error.cloned());
            }
        }
        wakers
    }

    fn take_waker(&mut self, index: Option<usize>) -> Option<Waker> {
        self.waiters.get_mut(index?)?.waker()?.take()
    }

    /// The wakers to wake when the build is back: if it was woken meanwhile, or the closer waits for it.
    fn pass_on(&mut self) -> Vec<Waker> {
        if self.closed {
            return self
                .waiters
                .iter_mut()
                .filter_map(|(_, waiter)| waiter.waker()?.take())
                .collect();
        }
        if self.due {
            self.next_wakers()
        } else {
            Vec::new()
        }
    }

    /// The driver's, and those of the waiters that have waited longest.
    fn next_wakers(&mut self) -> Vec<Waker> {
        let mut wakers = Vec::from_iter(self.take_waker(self.driver));
        while wakers.len() < WOKEN
            && let Some(index) = self.queue.pop_front()
        {
            wakers.extend(self.take_waker(Some(index)));
        }
        wakers
    }
}

/// A wake of the build wakes waiters, the first of which to be polled drives it.
impl<B: Send + 'static, K: Clone + Send + 'static> Wake for SharedBuild<B, K> {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let mut state = self.lock();
        state.due = true;
        let is_polled = matches!(state.stage, Stage::Polled);
        let wakers = if is_polled {
            Vec::new()
        } else {
            state.next_wakers()
        };
        drop(state);
        wake(wakers);
    }
}

/// All of them, even if one, which is the user's, panics. It may be called where an object is dropped.
fn wake(wakers: Vec<Waker>) {
    for waker in wakers {
        drop(catch_panic(Phase::Init, || waker.wake()));
    }
}
