//! `build_cell.rs` and `shared_build.rs` under the model checker: every order in which threads can meet, with up to three of
//! them set aside at any point. Each model runs twice: the build is shared from the beginning, or by its callers.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use loom::future::block_on;
use loom::model::Builder;
use loom::sync::Mutex;
use loom::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use loom::thread;

use super::BuildCell;
use crate::ground::error::{Error, ErrorKind, Phase};
use crate::ground::shared_build::{OnError, Stage, WaiterKey};

/// How often a build has to be polled, and who wakes it meanwhile.
#[derive(Clone, Copy, PartialEq)]
enum Pace {
    AtOnce,
    /// Wakes itself while it is polled.
    Yields,
    /// Woken by another thread.
    Event,
    /// By nobody.
    Never,
}

/// What the builds of a model do, and what became of them.
struct World {
    pace: Pace,
    /// So many fail before one succeeds.
    failures: usize,
    /// Begun, and neither ended nor given up.
    open: AtomicUsize,
    begun: AtomicUsize,
    given_up: AtomicUsize,
    fired: AtomicUsize,
    waker: Mutex<Option<Waker>>,
}

#[derive(Default)]
struct Build {
    begun: bool,
    yielded: bool,
}

impl Build {
    fn poll(&mut self, world: &World, cx: &mut Context<'_>) -> Poll<Result<usize, Error>> {
        if !self.begun {
            self.begun = true;
            assert_eq!(world.open.fetch_add(1, SeqCst), 0, "two builds at once");
            world.begun.fetch_add(1, SeqCst);
        }
        let is_ready = match world.pace {
            Pace::AtOnce => true,
            Pace::Never => false,
            Pace::Yields => std::mem::replace(&mut self.yielded, true),
            Pace::Event => {
                *world.waker.lock().expect("no panics") = Some(cx.waker().clone());
                world.fired.load(SeqCst) > 0
            }
        };
        if !is_ready {
            if world.pace == Pace::Yields {
                cx.waker().wake_by_ref();
            }
            return Poll::Pending;
        }
        *self = Self::default();
        world.open.fetch_sub(1, SeqCst);
        let number = world.begun.load(SeqCst);
        Poll::Ready(if number > world.failures {
            Ok(number)
        } else {
            Err(failure())
        })
    }

    fn abandon(&mut self, world: &World) {
        if self.begun {
            *self = Self::default();
            world.open.fetch_sub(1, SeqCst);
            world.given_up.fetch_add(1, SeqCst);
        }
    }
}

fn failure() -> Error {
    Error::panicked(Phase::Init, Box::new("injected"))
}

impl World {
    fn new(pace: Pace, failures: usize) -> Arc<Self> {
        Arc::new(Self {
            pace,
            failures,
            open: AtomicUsize::new(0),
            begun: AtomicUsize::new(0),
            given_up: AtomicUsize::new(0),
            fired: AtomicUsize::new(0),
            waker: Mutex::new(None),
        })
    }

    fn fire(&self) {
        self.fired.store(1, SeqCst);
        let waker = self.waker.lock().expect("no panics").take();
        waker.into_iter().for_each(Waker::wake);
    }
}

type Cell = Arc<BuildCell<Build, usize>>;

/// One who asks; dropped, it leaves.
struct Asking {
    cell: Cell,
    world: Arc<World>,
    key: WaiterKey,
}

impl Asking {
    fn new(cell: &Cell, world: &Arc<World>) -> Self {
        Self {
            cell: Arc::clone(cell),
            world: Arc::clone(world),
            key: WaiterKey::NONE,
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<usize, Error>> {
        let Self { cell, world, key } = self;
        let drive = |build: &mut Build, cx: &mut Context<'_>| build.poll(world, cx);
        match cell.begin() {
            Some(first) => first.poll(key, cx, OnError::Retry, drive),
            None => cell.shared().poll(key, cx, OnError::Retry, drive),
        }
    }

    fn wait(mut self) -> Result<usize, Error> {
        block_on(poll_fn(|cx| self.poll(cx)))
    }

    /// Polls once, and yields the outcome if there is one.
    fn try_once(&mut self) -> Option<Result<usize, Error>> {
        block_on(poll_fn(|cx| match self.poll(cx) {
            Poll::Ready(outcome) => Poll::Ready(Some(outcome)),
            Poll::Pending => Poll::Ready(None),
        }))
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        let Self { cell, world, key } = self;
        if key.is_held() {
            cell.shared()
                .stop_waiting(key, |build| build.abandon(world));
        }
    }
}

/// Runs threads in every order that they can meet in, and looks at what is left.
fn explore(
    pace: Pace,
    failures: usize,
    threads: &'static [fn(&Cell, &Arc<World>)],
    look: impl Fn(&Cell, &World) + Send + Sync + 'static,
) {
    let look = Arc::new(look);
    for is_shared in [true, false] {
        explore_cell(pace, failures, threads, is_shared, Arc::clone(&look));
    }
}

fn explore_cell(
    pace: Pace,
    failures: usize,
    threads: &'static [fn(&Cell, &Arc<World>)],
    is_shared: bool,
    look: Arc<impl Fn(&Cell, &World) + Send + Sync + 'static>,
) {
    let mut model = Builder::new();
    model.preemption_bound = Some(3);
    model.check(move || {
        let world = World::new(pace, failures);
        let cell = Arc::new(BuildCell::new());
        if is_shared {
            cell.shared();
        }
        let spawn = |run: fn(&Cell, &Arc<World>)| {
            let (cell, world) = (Arc::clone(&cell), Arc::clone(&world));
            thread::spawn(move || run(&cell, &world))
        };
        let mut running: Vec<_> = threads[1..].iter().map(|run| spawn(*run)).collect();
        if pace == Pace::Event {
            running.push(spawn(|_, world| world.fire()));
        }
        threads[0](&cell, &world);
        for thread in running {
            thread.join().expect("no panics");
        }
        assert_eq!(world.open.load(SeqCst), 0, "a build was forgotten");
        look(&cell, &world);
        // Wakers that are kept in the world hold the cell.
        world.waker.lock().expect("no panics").take();
    });
}

fn asks(cell: &Cell, world: &Arc<World>) {
    assert_eq!(Asking::new(cell, world).wait().expect("it succeeds"), 1);
}

fn asks_until_it_succeeds(cell: &Cell, world: &Arc<World>) {
    while Asking::new(cell, world).wait().is_err() {}
}

/// Perhaps before the other, perhaps after; perhaps while that one has the build.
fn leaves(cell: &Cell, world: &Arc<World>) {
    drop(Asking::new(cell, world).try_once());
}

/// Lives on, and is not polled before the others have ended, which it waits for.
fn is_idle(cell: &Cell, world: &Arc<World>) {
    let mut asking = Asking::new(cell, world);
    if asking.try_once().is_none() {
        let value = block_on(poll_fn(|cx| match cell.get() {
            Some(value) => Poll::Ready(value),
            None => {
                thread::yield_now();
                cx.waker().wake_by_ref();
                Poll::Pending
            }
        }));
        assert_eq!(
            asking
                .try_once()
                .expect("it has been made")
                .expect("it succeeds"),
            value
        );
    }
}

fn closes(cell: &Cell, world: &Arc<World>) {
    cell.shared().close();
    let mut key = WaiterKey::NONE;
    match block_on(poll_fn(|cx| cell.shared().poll_take(&mut key, cx))) {
        Stage::Idle(mut build) => build.abandon(world),
        Stage::Made(_) => {}
        Stage::Polled | Stage::Failed(_) | Stage::Taken => panic!("nobody else takes it"),
    }
}

fn asks_while_another_closes(cell: &Cell, world: &Arc<World>) {
    match Asking::new(cell, world).wait() {
        Ok(value) => assert_eq!(value, 1),
        Err(error) => assert_eq!(error.kind(), ErrorKind::Closed),
    }
}

fn begun_once(_: &Cell, world: &World) {
    assert_eq!(world.begun.load(SeqCst), 1);
}

#[test]
fn two_who_ask_get_what_one_build_makes() {
    for pace in [Pace::AtOnce, Pace::Yields, Pace::Event] {
        explore(pace, 0, &[asks, asks], begun_once);
    }
}

#[test]
fn three_who_ask_get_what_one_build_makes() {
    for pace in [Pace::AtOnce, Pace::Yields] {
        explore(pace, 0, &[asks, asks, asks], begun_once);
    }
}

#[test]
fn after_a_failure_there_is_one_more_try() {
    let threads: &[fn(&Cell, &Arc<World>)] = &[asks_until_it_succeeds, asks_until_it_succeeds];
    for pace in [Pace::AtOnce, Pace::Yields, Pace::Event] {
        explore(pace, 1, threads, |_, world| {
            assert_eq!(world.begun.load(SeqCst), 2)
        });
    }
}

#[test]
fn three_who_are_told_of_a_failure_share_the_next_try() {
    explore(
        Pace::AtOnce,
        1,
        &[
            asks_until_it_succeeds,
            asks_until_it_succeeds,
            asks_until_it_succeeds,
        ],
        |_, world| assert_eq!(world.begun.load(SeqCst), 2),
    );
}

#[test]
fn one_of_two_leaves_and_the_other_gets_it() {
    for pace in [Pace::Yields, Pace::Event] {
        // Either may be the one who begins.
        explore(
            pace,
            0,
            &[leaves, asks_until_it_succeeds],
            at_most_one_given_up,
        );
        explore(
            pace,
            0,
            &[asks_until_it_succeeds, leaves],
            at_most_one_given_up,
        );
    }
}

#[test]
fn two_of_three_leave_and_the_third_gets_it() {
    explore(
        Pace::Yields,
        0,
        &[asks_until_it_succeeds, leaves, leaves],
        |_, world| {
            let (begun, given_up) = (world.begun.load(SeqCst), world.given_up.load(SeqCst));
            assert_eq!(begun, given_up + 1);
        },
    );
}

#[test]
fn all_leave_and_nothing_is_left_begun() {
    for pace in [Pace::Yields, Pace::Event, Pace::Never] {
        explore(pace, 0, &[leaves, leaves], |_, _| {});
    }
}

fn at_most_one_given_up(cell: &Cell, world: &World) {
    let (begun, given_up) = (world.begun.load(SeqCst), world.given_up.load(SeqCst));
    assert!(given_up <= 1);
    assert_eq!(begun, given_up + 1);
    assert!(cell.get().is_some());
}

#[test]
fn one_who_is_not_polled_holds_up_nobody() {
    for pace in [Pace::Yields, Pace::Event] {
        explore(pace, 0, &[asks, is_idle], begun_once);
    }
}

#[test]
fn a_close_leaves_nobody_waiting_and_nothing_begun() {
    for pace in [Pace::AtOnce, Pace::Yields, Pace::Event, Pace::Never] {
        explore(pace, 0, &[asks_while_another_closes, closes], |cell, _| {
            assert!(cell.get().is_none())
        });
    }
    explore(
        Pace::Yields,
        0,
        &[asks_while_another_closes, asks_while_another_closes, closes],
        |_, _| {},
    );
}

#[test]
fn a_close_while_the_last_one_leaves_waits_for_that() {
    for pace in [Pace::Yields, Pace::Event, Pace::Never] {
        explore(pace, 0, &[leaves, closes], |_, _| {});
    }
}
