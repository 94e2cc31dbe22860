//! Attempts that end, and the attempts after them.

use std::future::{pending, poll_fn};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::task::Poll;

use aobject::{AObject, BoxError, BoxNew, Error, ErrorKind, Lazy, Live, Phase};
use tokio::time::sleep;
use tokio_test::{assert_pending, assert_ready, task};

use super::{Fault, Part, Step, World, line, millis, timeout, tries};

/// A cell whose first attempt fails and whose second attempt is slow.
fn failing_once(world: &World) -> super::Cell {
    tries([world.part("bad", &[]), world.timed("slow", 100, 0)])
}

/// B12: the attempt is dropped even though a waiter exists that has yet to receive the error of the previous
/// attempt.
#[tokio::test(start_paused = true)]
async fn a_waiter_of_the_previous_attempt_does_not_keep_the_next_attempt_alive() {
    let _counting = crate::REAPER.read().await;
    let world = World::new().with_fault("bad", Step::Init, Fault::Error);
    let attempts = AtomicUsize::new(0);
    let cell = Lazy::new(|| {
        let (world, first) = (world.clone(), attempts.fetch_add(1, Ordering::Relaxed) == 0);
        async move {
            if first {
                return world.part("bad", &[]).make().await;
            }
            let _base = world.timed("base", 0, 30).make().await?;
            pending().await
        }
    });
    let mut unpolled = task::spawn(cell.ensure_init());
    assert_pending!(unpolled.poll());
    cell.ensure_init().await.unwrap_err();
    // The second attempt has one waiter, then none.
    timeout(millis(10), cell.ensure_init()).await.unwrap_err();
    assert_eq!(aobject::drain(millis(1000)).await.closed, 1);
    assert_eq!(world.log()[3..], [" 10 close base", " 40 closed base"]);
    let error = assert_ready!(unpolled.poll()).map(drop).unwrap_err();
    assert_eq!(line(&error), "init of `Part` failed: injected into bad");
}

/// The converse: the old waiter is dropped, and a new one remains.
#[tokio::test(start_paused = true)]
async fn dropping_a_waiter_of_the_previous_attempt_ends_no_attempt() {
    let world = World::new().with_fault("bad", Step::Init, Fault::Error);
    let cell = failing_once(&world);
    let mut unpolled = task::spawn(cell.ensure_init());
    assert_pending!(unpolled.poll());
    cell.ensure_init().await.unwrap_err();
    let mut waiting = task::spawn(cell.ensure_init());
    assert_pending!(waiting.poll());
    drop(unpolled);
    waiting.into_inner().await.map(drop).unwrap();
    assert_eq!(world.events(), ["init bad", "init slow", "made slow"]);
    cell.close().await.unwrap();
}

/// P2: the init succeeds although nobody awaits that close.
#[tokio::test]
async fn an_object_dropped_by_a_succeeding_closure_closes() {
    let _counting = crate::REAPER.read().await;
    let world = World::new();
    let cell = Lazy::new(|| {
        let world = world.clone();
        async move {
            let _besides = world.part("besides", &[]).make().await?;
            world.part("part", &[]).make().await
        }
    });
    cell.ensure_init().await.unwrap();
    let drained = aobject::drain(millis(5000)).await;
    assert_eq!((drained.closed, drained.pending), (1, 0));
    assert_eq!(
        (world.counts("besides"), world.live()),
        ((1, 1), vec!["part"])
    );
    cell.close().await.unwrap();
}

/// B18: `A` waits for `quick` and for `back`, which calls `ensure_init` of `A` after the wait for `quick` has
/// ended.
#[tokio::test(start_paused = true)]
async fn a_cycle_is_detected_although_another_wait_of_the_same_cell_has_ended() {
    type Cell<T> = Lazy<T, Box<dyn Fn() -> BoxNew<T> + Send + Sync>>;
    #[derive(Default)]
    struct Cells {
        a: OnceLock<Cell<A>>,
        quick: OnceLock<Cell<Quick>>,
        back: OnceLock<Cell<Back>>,
    }
    struct A;
    struct Quick;
    struct Back;
    impl AObject for A {
        type Seed = Arc<Cells>;
        async fn init(cells: Arc<Cells>) -> Result<Self, BoxError> {
            let (quick, back) = (cells.quick.get().unwrap(), cells.back.get().unwrap());
            let (quick, back) = tokio::join!(quick.ensure_init(), back.ensure_init());
            quick?;
            back?;
            Ok(Self)
        }
    }
    impl AObject for Quick {
        type Seed = Arc<Cells>;
        async fn init(_: Arc<Cells>) -> Result<Self, BoxError> {
            sleep(millis(1)).await;
            Ok(Self)
        }
    }
    impl AObject for Back {
        type Seed = Arc<Cells>;
        async fn init(cells: Arc<Cells>) -> Result<Self, BoxError> {
            sleep(millis(10)).await;
            cells.a.get().unwrap().ensure_init().await?;
            Ok(Self)
        }
    }
    fn cell<T: AObject<Seed = Arc<Cells>>>(cells: &Arc<Cells>) -> Cell<T> {
        let cells = Arc::downgrade(cells);
        Lazy::new(Box::new(move || T::start(cells.upgrade().unwrap()).boxed()))
    }
    let cells = Arc::new(Cells::default());
    cells.a.set(cell(&cells)).ok().unwrap();
    cells.quick.set(cell(&cells)).ok().unwrap();
    cells.back.set(cell(&cells)).ok().unwrap();
    let asked = timeout(millis(100), cells.a.get().unwrap().ensure_init());
    let error: Error = asked.await.expect("must not hang").map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Reentered);
    assert!(line(&error).ends_with(": A -> Back -> A"), "{error:#}");
    Arc::into_inner(cells)
        .unwrap()
        .quick
        .into_inner()
        .unwrap()
        .close()
        .await
        .unwrap();
}

/// P3: a future that has ended keeps what it captured until it is dropped.
#[tokio::test(start_paused = true)]
async fn what_a_failed_init_still_holds_is_closed_before_its_error_arrives() {
    let world = World::new();
    let part = world.timed("held", 0, 50).make().await.unwrap();
    let held = Mutex::new(Some(part));
    let cell = Lazy::new(|| {
        let held = held.lock().unwrap().take();
        poll_fn(move |_| {
            let _held = &held;
            Poll::Ready(Err::<Live<Part>, _>(Error::new(Phase::Init, "no")))
        })
    });
    cell.ensure_init().await.map(drop).unwrap_err();
    assert_eq!(world.counts("held"), (1, 1));
}

type Forgetting<'a> = Lazy<Part, Box<dyn Fn() -> super::Making + 'a>>;

/// An init whose only waiter is forgotten: nobody drives it, and nobody has left it.
async fn forgotten(world: &World) -> Forgetting<'_> {
    let cell: Forgetting<'_> = Lazy::new(Box::new(|| {
        let (base, user) = (world.timed("base", 0, 20), world.timed("user", 0, 30));
        Box::pin(async {
            let _base = base.make().await?;
            let _user = user.make().await?;
            pending().await
        })
    }));
    let mut waiting = Box::pin(cell.ensure_init());
    assert!(timeout(millis(5), waiting.as_mut()).await.is_err());
    std::mem::forget(waiting);
    assert_eq!(world.live(), ["base", "user"]);
    cell
}

const ROLLED_BACK: [&str; 4] = [
    "  5 close user",
    " 35 closed user",
    " 35 close base",
    " 55 closed base",
];

#[tokio::test(start_paused = true)]
async fn a_close_waits_for_the_rollback_of_an_init_whose_waiter_was_forgotten() {
    let world = World::new();
    forgotten(&world).await.close().await.unwrap();
    assert_eq!(world.log()[4..], ROLLED_BACK);
}

/// P2.
#[tokio::test(start_paused = true)]
async fn a_dropped_cell_rolls_back_an_init_whose_waiter_was_forgotten() {
    let _counting = crate::REAPER.read().await;
    let world = World::new();
    drop(forgotten(&world).await);
    assert_eq!(aobject::drain(millis(1000)).await.pending, 0);
    assert_eq!(world.log()[4..], ROLLED_BACK);
}

/// The rollback is the only close: nobody waits for it in the name of the cell.
#[tokio::test(start_paused = true)]
async fn a_cell_that_is_dropped_during_a_rollback_closes_nothing_else() {
    let _counting = crate::REAPER.read().await;
    let world = World::new();
    let base = world.timed("base", 0, 30);
    let cell = Lazy::new(|| {
        let base = base.clone();
        async {
            let _base = base.make().await?;
            pending::<Result<Live<Part>, Error>>().await
        }
    });
    timeout(millis(5), cell.ensure_init()).await.unwrap_err();
    drop(cell);
    let drained = aobject::drain(millis(1000)).await;
    assert_eq!((drained.closed, world.counts("base")), (1, (1, 1)));
}
