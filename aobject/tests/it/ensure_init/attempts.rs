//! Attempts that end, and the attempts after them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use aobject::{AObject, BoxError, BoxNew, Error, ErrorKind, Lazy};
use tokio::time::sleep;
use tokio_test::{assert_pending, assert_ready, task};

use super::{Fault, Step, World, line, millis, timeout, tries};

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
            std::future::pending().await
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
