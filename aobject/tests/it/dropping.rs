//! Objects whose owner never calls `close`: the rows of the survival table that one process can show.

use std::sync::mpsc;
use std::time::Duration;

use aobject::{AObject, BoxError, Drained, ErrorKind, Live};
use tokio::runtime::{Builder, Runtime};

use crate::world::{Fault, Part, Step, World};
use crate::{REAPER, quiet};

const LIMIT: Duration = Duration::from_secs(20);

fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn multi_thread() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

fn part(runtime: &Runtime, world: &World) -> Live<Part> {
    runtime.block_on(world.part("part", &[]).make()).unwrap()
}

fn drain(runtime: &Runtime) -> Drained {
    runtime.block_on(aobject::drain(LIMIT))
}

/// Rows 1, 2.
#[test]
fn an_object_dropped_in_a_runtime_closes_there() {
    let _counting = REAPER.blocking_read();
    for runtime in [current_thread(), multi_thread()] {
        let world = World::new();
        let part = part(&runtime, &world);
        runtime.block_on(async { drop(part) });
        let drained = drain(&runtime);
        assert_eq!(
            (drained.closed, drained.pending, world.counts("part")),
            (1, 0, (1, 1))
        );
    }
}

/// Rows 3, 8.
#[test]
fn an_object_dropped_without_a_runtime_is_closed_by_the_reaper() {
    let _alone = REAPER.blocking_write();
    let world = World::new();
    let runtime = current_thread();
    let part = part(&runtime, &world);
    drop(runtime);
    drop(part);
    // A drain in any runtime waits for closes that belong to no runtime.
    assert_eq!(drain(&current_thread()).pending, 0);
    assert_eq!(world.counts("part"), (1, 1));
}

/// Rows 4, 5: the runtime drops the task that owns the object, accepts the close, and then drops that too.
#[test]
fn an_object_dropped_by_a_dying_runtime_is_closed_by_the_reaper() {
    let _alone = REAPER.blocking_write();
    quiet();
    for runtime in [current_thread(), multi_thread()] {
        let world = World::new();
        let part = part(&runtime, &world);
        runtime.block_on(async {
            tokio::spawn(async move {
                std::future::pending::<()>().await;
                drop(part);
            });
            tokio::task::yield_now().await;
        });
        drop(runtime);
        assert_eq!(drain(&current_thread()).pending, 0);
        assert_eq!(world.counts("part"), (1, 1));
    }
}

struct Stuck {
    begun: mpsc::Sender<()>,
    _part: Live<Part>,
}
impl AObject for Stuck {
    type Seed = (mpsc::Sender<()>, World);
    async fn init((begun, world): Self::Seed) -> Result<Self, BoxError> {
        Ok(Stuck {
            begun,
            _part: world.part("part", &[]).make().await?,
        })
    }
    async fn close(self) -> Result<(), BoxError> {
        self.begun.send(())?;
        std::future::pending::<()>().await;
        Ok(())
    }
}

#[derive(AObject)]
struct Outer {
    seed: (mpsc::Sender<()>, World),
    #[aobject(init = Stuck::start(seed.clone()).await?)]
    stuck: Live<Stuck>,
}

/// P5: the close was half-done when its runtime died. The loss is reported once, with the path of the interrupted
/// close.
#[test]
fn a_close_cut_short_by_its_runtime_is_reported_as_lost_and_the_rest_closes() {
    let _alone = REAPER.blocking_write();
    quiet();
    let (begun, has_begun) = mpsc::channel();
    let world = World::new();
    let runtime = multi_thread();
    let outer = runtime
        .block_on(Outer::new((begun, world.clone())))
        .unwrap();
    let entered = runtime.enter();
    drop(outer);
    drop(entered);
    has_begun.recv_timeout(LIMIT).unwrap();
    drop(runtime);
    let drained = drain(&current_thread());
    assert_eq!(
        world.counts("part"),
        (1, 1),
        "its fields had not begun to close"
    );
    let errors: Vec<_> = drained.errors.iter().map(ToString::to_string).collect();
    assert_eq!(errors, ["close of `Outer.stuck` was lost"]);
    assert_eq!(
        (drained.errors[0].kind(), drained.pending),
        (ErrorKind::Lost, 0)
    );
}

/// Rows 10, 11.
#[test]
fn a_failing_background_close_is_returned_by_drain() {
    let _counting = REAPER.blocking_read();
    quiet();
    for (fault, kind) in [
        (Fault::Error, ErrorKind::Failed),
        (Fault::Panic, ErrorKind::Panicked),
    ] {
        let runtime = current_thread();
        let part = part(
            &runtime,
            &World::new().with_fault("part", Step::Close, fault),
        );
        runtime.block_on(async { drop(part) });
        let drained = drain(&runtime);
        let failures: Vec<_> = drained
            .errors
            .iter()
            .map(|error| (error.path(), error.kind()))
            .collect();
        assert_eq!((drained.closed, failures), (1, vec![("Part", kind)]));
    }
}

/// Rows 9, 12.
#[test]
fn an_object_dropped_during_a_panic_closes_even_if_its_close_panics() {
    let _counting = REAPER.blocking_read();
    quiet();
    let runtime = multi_thread();
    let world = World::new().with_fault("part", Step::Close, Fault::Panic);
    let part = part(&runtime, &world);
    let task = runtime.spawn(async move {
        let _part = part;
        panic!("injected");
    });
    assert!(runtime.block_on(task).unwrap_err().is_panic());
    let drained = drain(&runtime);
    assert_eq!((drained.errors.len(), world.live().len()), (1, 0));
}

/// Rows 14, 15: no thread ever blocks on the close.
#[test]
fn a_close_may_need_the_runtime_it_was_dropped_in() {
    let _counting = REAPER.blocking_read();
    struct Needy(tokio::task::JoinHandle<()>);
    impl AObject for Needy {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            Ok(Needy(tokio::spawn(async {
                tokio::task::yield_now().await;
            })))
        }
        async fn close(self) -> Result<(), BoxError> {
            self.0.await?;
            tokio::spawn(tokio::time::sleep(Duration::from_millis(1))).await?;
            Ok(())
        }
    }
    let one_worker = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    for runtime in [current_thread(), one_worker] {
        runtime.block_on(async {
            let needy = Needy::start(()).await.unwrap();
            tokio::spawn(async move { drop(needy) }).await.unwrap();
        });
        let drained = drain(&runtime);
        assert_eq!(
            (drained.closed, drained.pending, drained.errors.len()),
            (1, 0, 0)
        );
    }
}

/// Row 16.
#[tokio::test]
async fn an_object_dropped_in_a_local_set_closes_once() {
    let _counting = REAPER.read().await;
    let world = World::new();
    let part = world.part("part", &[]).make().await.unwrap();
    let local = tokio::task::LocalSet::new();
    local
        .run_until(async {
            tokio::task::spawn_local(async { drop(part) })
                .await
                .unwrap();
        })
        .await;
    assert_eq!(aobject::drain(LIMIT).await.closed, 1);
    assert_eq!(world.counts("part"), (1, 1));
}

/// Row 17.
#[tokio::test]
async fn an_object_dropped_in_spawn_blocking_closes() {
    let _counting = REAPER.read().await;
    let world = World::new();
    let part = world.part("part", &[]).make().await.unwrap();
    tokio::task::spawn_blocking(|| drop(part)).await.unwrap();
    assert_eq!(aobject::drain(LIMIT).await.closed, 1);
    assert_eq!(world.counts("part"), (1, 1));
}

/// Row 18: E02.
#[tokio::test(start_paused = true)]
async fn a_cancelled_owner_returns_at_once_and_the_close_continues() {
    let _counting = REAPER.read().await;
    let world = World::new();
    let part = world.timed("part", 0, 20).make().await.unwrap();
    let begun = tokio::time::Instant::now();
    let owner = async {
        std::future::pending::<()>().await;
        drop(part);
    };
    tokio::time::timeout(Duration::from_millis(5), owner)
        .await
        .unwrap_err();
    assert_eq!(begun.elapsed(), Duration::from_millis(5));
    assert_eq!(aobject::drain(LIMIT).await.closed, 1);
    assert_eq!(begun.elapsed(), Duration::from_millis(25));
}

/// Row 19.
#[test]
fn an_object_dropped_by_a_thread_local_destructor_closes() {
    let _alone = REAPER.blocking_write();
    thread_local! {
        static HELD: std::cell::RefCell<Option<Live<Part>>> = const { std::cell::RefCell::new(None) };
    }
    let world = World::new();
    let held = part(&current_thread(), &world);
    std::thread::spawn(|| HELD.set(Some(held))).join().unwrap();
    assert_eq!(drain(&current_thread()).pending, 0);
    assert_eq!(world.counts("part"), (1, 1));
}

/// Row 21.
#[tokio::test(start_paused = true)]
async fn a_close_that_never_ends_delays_drain_no_longer_than_its_limit() {
    let _counting = REAPER.read().await;
    let world = World::new();
    drop(world.timed("part", 0, 1_000_000).make().await.unwrap());
    let begun = tokio::time::Instant::now();
    let drained = aobject::drain(Duration::from_secs(3)).await;
    assert_eq!(
        (drained.closed, drained.pending, begun.elapsed()),
        (0, 1, Duration::from_secs(3))
    );
    assert_eq!(
        aobject::drain(Duration::from_secs(2000)).await.closed,
        1,
        "the close has continued"
    );
}

/// Row 22.
#[tokio::test]
async fn very_many_objects_may_be_dropped_at_once() {
    let _counting = REAPER.read().await;
    struct Tiny;
    impl AObject for Tiny {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            Ok(Tiny)
        }
    }
    for _ in 0..100_000 {
        drop(Tiny::start(()).await.unwrap());
    }
    assert_eq!(aobject::drain(LIMIT).await.closed, 100_000);
}

/// P2: one task for the whole object, in order, not one task per field.
#[tokio::test(start_paused = true)]
async fn a_dropped_object_is_closed_by_one_task_in_order() {
    let _counting = REAPER.read().await;
    #[derive(AObject)]
    struct Chain {
        world: World,
        #[aobject(init = world.timed("a", 1, 10).make().await?)]
        a: Live<Part>,
        #[aobject(init = world.timed("b", 1, 10).make().await?, after(a))]
        b: Live<Part>,
        #[aobject(init = world.timed("c", 1000, 10).make().await?, after(b))]
        c: Live<Part>,
    }
    let world = World::new();
    let start = Chain::new(world.clone()).into_future();
    tokio::time::timeout(Duration::from_millis(10), start)
        .await
        .unwrap_err();
    assert_eq!(aobject::drain(LIMIT).await.closed, 1);
    let closing: Vec<_> = world
        .log()
        .into_iter()
        .filter(|line| line.contains("close"))
        .collect();
    assert_eq!(
        closing,
        [" 10 close b", " 20 closed b", " 20 close a", " 30 closed a"]
    );
}

/// The library's own runtime counts as no runtime for an object that is dropped on it.
#[test]
fn a_drain_waits_for_what_a_task_on_the_library_s_own_runtime_drops() {
    struct Spawns(Live<Part>);
    impl AObject for Spawns {
        type Seed = Live<Part>;
        async fn init(part: Live<Part>) -> Result<Self, BoxError> {
            Ok(Spawns(part))
        }
        async fn close(self) -> Result<(), BoxError> {
            Ok(tokio::spawn(async { drop(self.0) }).await?)
        }
    }
    let _alone = REAPER.blocking_write();
    quiet();
    let world = World::new();
    let made = world.timed("part", 0, 30).make();
    let part = current_thread().block_on(made).unwrap();
    drop(futures_executor::block_on(Spawns::start(part)).unwrap());
    let drained = futures_executor::block_on(aobject::drain(LIMIT));
    assert_eq!((drained.closed, world.counts("part")), (2, (1, 1)));
}
