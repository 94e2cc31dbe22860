//! Groups B and H for a single cell: `Lazy`.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aobject::{AObject, BoxNew, Error, ErrorKind, Lazy, Live, Phase};
use tokio::time::{Instant, sleep, timeout};
use tokio_test::task;

use crate::quiet;
use crate::world::{Fault, Injected, Name, Part, Spec, Step, World, line};

mod attempts;
mod failures;
mod ladder;
mod owners;
mod reentry;
mod stress;

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A cell's closure, with a type that can be named.
type Make = Box<dyn Fn() -> Making + Send + Sync>;
type Making = Pin<Box<dyn Future<Output = Result<Live<Part>, Error>> + Send>>;
type Cell = Lazy<Part, Make>;

/// A cell whose every attempt makes this part.
fn cell(spec: &Spec) -> Cell {
    let spec = spec.clone();
    Lazy::new(Box::new(move || Box::pin(spec.clone().make())))
}

/// A cell whose attempts make these parts, one after the other.
fn tries<const N: usize>(specs: [Spec; N]) -> Cell {
    let next = AtomicUsize::new(0);
    Lazy::new(Box::new(move || {
        Box::pin(specs[next.fetch_add(1, Ordering::Relaxed)].clone().make())
    }))
}

/// Calls `ensure_init` in a task of its own.
fn ask(cell: &Arc<Cell>) -> tokio::task::JoinHandle<Result<usize, Error>> {
    let cell = Arc::clone(cell);
    tokio::spawn(async move { cell.ensure_init().await.map(address) })
}

/// Closes the cell at the end of a test. An object left open would go to the reaper when the runtime ends.
async fn end(cell: Arc<Cell>) {
    Arc::into_inner(cell).unwrap().close().await.unwrap();
}

fn address(part: &Part) -> usize {
    std::ptr::from_ref(part).addr()
}

/// B01, H03.
#[tokio::test]
async fn an_unused_cell_is_neither_made_nor_closed() {
    let world = World::new();
    let asked = cell(&world.part("part", &[]));
    drop(asked.ensure_init());
    assert!(!asked.is_init() && asked.get().is_none());
    asked.close().await.unwrap();
    drop(cell(&world.part("part", &[])));
    assert_eq!(world.log(), [""; 0]);
}

/// B02.
#[tokio::test(start_paused = true)]
async fn later_callers_get_the_same_object() {
    let world = World::new();
    let cell = cell(&world.timed("part", 10, 5));
    let first = address(cell.ensure_init().await.unwrap());
    assert_eq!(address(cell.ensure_init().await.unwrap()), first);
    assert_eq!(cell.get().map(address), Some(first));
    cell.close().await.unwrap();
    assert_eq!(
        world.log(),
        [
            "  0 init part",
            " 10 made part",
            " 10 close part",
            " 15 closed part"
        ]
    );
}

/// B03, I01.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_concurrent_callers_share_one_init() {
    for _ in 0..100 {
        let world = World::new();
        let cell = Arc::new(cell(&world.part("part", &[])));
        let asking: Vec<_> = (0..64).map(|_| ask(&cell)).collect();
        let mut got = Vec::new();
        for task in asking {
            got.push(task.await.unwrap().unwrap());
        }
        got.dedup();
        assert_eq!(got.len(), 1);
        assert_eq!(world.counts("part"), (1, 0));
        end(cell).await;
        assert_eq!(world.broken(), [""; 0]);
    }
}

/// B04.
#[tokio::test(start_paused = true)]
async fn an_init_without_waiters_is_cancelled() {
    let _counting = crate::REAPER.read().await;
    let world = World::new();
    let cell = cell(&world.timed("part", 200, 0));
    assert!(timeout(millis(100), cell.ensure_init()).await.is_err());
    sleep(millis(500)).await;
    assert_eq!(world.log(), ["  0 init part"]);
    assert!(!cell.is_init());
}

/// B07, E09: the caller that began the init is cancelled. The other caller gets the value at the expected time.
#[tokio::test(start_paused = true)]
async fn an_init_continues_for_the_remaining_waiters() {
    let world = World::new();
    let cell = Arc::new(cell(&world.timed("part", 30, 0)));
    let first = ask(&cell);
    tokio::task::yield_now().await;
    let second = ask(&cell);
    sleep(millis(10)).await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    second.await.unwrap().unwrap();
    assert_eq!(world.log(), ["  0 init part", " 30 made part"]);
    end(cell).await;
}

/// The first caller keeps its future but never polls it again.
#[tokio::test(start_paused = true)]
async fn a_waiter_that_is_not_polled_delays_no_other() {
    let world = World::new();
    let cell = cell(&world.timed("part", 30, 0));
    let mut idle = task::spawn(cell.ensure_init());
    assert!(idle.poll().is_pending());
    sleep(millis(10)).await;
    timeout(millis(20), cell.ensure_init())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(world.log(), ["  0 init part", " 30 made part"]);
    assert!(idle.is_woken());
    assert!(idle.poll().is_ready());
    drop(idle);
    cell.close().await.unwrap();
}

/// B17.
#[tokio::test]
async fn cells_are_independent() {
    let world = World::new();
    let (one, other) = (
        cell(&world.part("one", &[])),
        cell(&world.part("other", &[])),
    );
    one.ensure_init().await.unwrap();
    assert_eq!((one.is_init(), other.is_init()), (true, false));
    assert_eq!(world.live(), ["one"]);
    one.close().await.unwrap();
}

/// Makes a base, then never completes.
#[derive(Debug)]
struct Hanging {
    _base: Live<Part>,
}

impl AObject for Hanging {
    type Seed = World;

    async fn init(world: World) -> Result<Self, aobject::BoxError> {
        let base = world.timed("base", 10, 40).make().await?;
        world.note("hangs");
        std::future::pending::<()>().await;
        Ok(Self { _base: base })
    }
}

/// P2, B04: the next caller first waits for the rollback of the dropped init, and begins its own after that.
#[tokio::test(start_paused = true)]
async fn a_dropped_init_is_rolled_back_before_the_next_begins() {
    let _counting = crate::REAPER.read().await;
    let world = World::new();
    let cell = Lazy::new(|| Hanging::start(world.clone()));
    assert!(timeout(millis(20), cell.ensure_init()).await.is_err());
    // This call times out before its own init begins. The rollback must not get lost.
    assert!(timeout(millis(10), cell.ensure_init()).await.is_err());
    assert!(timeout(millis(50), cell.ensure_init()).await.is_err());
    let expected = [
        "  0 init base",
        " 10 made base",
        " 10 hangs",
        " 20 close base",
        " 60 closed base",
        " 60 init base",
        " 70 made base",
        " 70 hangs",
        " 80 close base",
        "120 closed base",
    ];
    let drained = aobject::drain(millis(1000)).await;
    assert_eq!((drained.closed, drained.pending), (2, 0));
    assert_eq!(world.log(), expected);
}

/// B14: no runtime is left to roll the init back. The next caller does not hang.
#[test]
fn an_init_whose_runtime_is_gone_starts_again_on_the_next_runtime() {
    let _alone = crate::REAPER.blocking_write();
    quiet();
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
    };
    let first = runtime();
    let world = first.block_on(async { World::new() });
    let cell = Arc::new(Lazy::new({
        let (world, next) = (world.clone(), AtomicUsize::new(0));
        move || {
            let (world, first) = (world.clone(), next.fetch_add(1, Ordering::Relaxed) == 0);
            async move {
                let part = world
                    .part(if first { "first" } else { "second" }, &[])
                    .make()
                    .await?;
                if first {
                    std::future::pending::<()>().await;
                }
                Ok(part)
            }
        }
    }));
    let (asking, seen) = (Arc::clone(&cell), world.clone());
    first.block_on(async move {
        tokio::spawn(async move { asking.ensure_init().await.map(drop) });
        while seen.live().is_empty() {
            tokio::task::yield_now().await;
        }
    });
    drop(first);
    let second = runtime();
    second
        .block_on(async { cell.ensure_init().await.map(drop) })
        .unwrap();
    second
        .block_on(Arc::into_inner(cell).unwrap().close())
        .unwrap();
    assert_eq!(second.block_on(aobject::drain(millis(5000))).closed, 1);
    assert_eq!(
        (world.counts("first"), world.counts("second")),
        ((1, 1), (1, 1))
    );
}

/// An executor other than tokio's, for an init that needs no runtime. The reaper runs the rollback.
#[test]
fn an_init_that_needs_no_runtime_runs_on_any_executor() {
    let _alone = crate::REAPER.blocking_write();
    quiet();
    let (began, closed) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    struct Plain(Arc<AtomicUsize>);
    impl AObject for Plain {
        type Seed = Arc<AtomicUsize>;
        async fn init(seed: Self::Seed) -> Result<Self, aobject::BoxError> {
            Ok(Self(seed))
        }
        async fn close(self) -> Result<(), aobject::BoxError> {
            // Long enough to reveal an init that does not wait for it.
            for _ in 0..1000 {
                crate::world::yield_once().await;
            }
            self.0.fetch_add(1, Ordering::SeqCst);
            Ok(())
        }
    }
    let cell = Lazy::new({
        let (began, closed) = (Arc::clone(&began), Arc::clone(&closed));
        move || {
            let (first, closed) = (
                began.fetch_add(1, Ordering::SeqCst) == 0,
                Arc::clone(&closed),
            );
            async move {
                // Only the rollback of the first init may have run by now.
                assert_eq!(
                    closed.load(Ordering::SeqCst),
                    usize::from(!first),
                    "began before the rollback ended"
                );
                let live = Plain::start(closed).await?;
                crate::world::yield_once().await;
                Ok(live)
            }
        }
    });
    let mut given_up = task::spawn(cell.ensure_init());
    assert!(given_up.poll().is_pending());
    drop(given_up);
    futures_executor::block_on(cell.ensure_init())
        .map(drop)
        .unwrap();
    futures_executor::block_on(cell.close()).unwrap();
    assert_eq!(
        futures_executor::block_on(aobject::drain(millis(5000))).closed,
        1
    );
    assert_eq!(
        (began.load(Ordering::SeqCst), closed.load(Ordering::SeqCst)),
        (2, 2)
    );
}

/// An `Arc` is enough to share a cell. A static does not even need that.
#[tokio::test]
async fn a_cell_works_in_spawned_tasks_and_in_statics() {
    #[derive(AObject)]
    struct Small {
        number: u8,
    }
    static CELL: Lazy<Small> = <Lazy<Small>>::new(|| Small::new(7).boxed())
        .remember_failure()
        .init_timeout(millis(5000));
    let number = tokio::spawn(async { CELL.ensure_init().await.map(|small| small.number) });
    assert_eq!(number.await.unwrap().unwrap(), 7);
    let named = tokio::spawn(CELL.ensure_init());
    assert_eq!(named.await.unwrap().unwrap().number, 7);
    let cell = Arc::new(Lazy::new(|| Small::new(8)));
    let asking = Arc::clone(&cell);
    let number = tokio::spawn(async move { asking.ensure_init().await.map(|small| small.number) });
    assert_eq!(number.await.unwrap().unwrap(), 8);
    let cell = Arc::into_inner(cell).unwrap();
    tokio::spawn(cell.close()).await.unwrap().unwrap();
}

/// Every query that does not wait.
#[test]
fn a_cell_reports_its_state() {
    const NAME: Name = "Lazy { object: \"Part\", is_init: false, .. }";
    let cell: Lazy<Part> = Lazy::new(|| unreachable!("nobody calls `ensure_init`"));
    assert_eq!(format!("{cell:?}"), NAME);
    assert_eq!(
        format!("{:?}", cell.ensure_init()),
        format!("EnsureInit {{ lazy: {NAME}, .. }}")
    );
}
