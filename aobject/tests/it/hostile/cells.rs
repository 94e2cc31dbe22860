//! Cells whose inits and closes wait for each other, and whose runtimes die.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aobject::{AObject, BoxError, BoxNew, Error, ErrorKind, Global, Lazy, Live};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_test::{assert_pending, task};

use crate::world::{Part, World, yield_once};
use crate::{REAPER, quiet};

const LIMIT: Duration = Duration::from_secs(20);

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// How an init continues after it has made a helper whose close calls `ensure_init` of the same cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// Drops the helper, and is pending once before it fails.
    DropsAndFails,
    DropsAndPanics,
    /// Holds the helper when it fails.
    HoldsAndFails,
    /// Holds the helper, and is dropped.
    HoldsAndHangs,
    DropsAndHangs,
}

type Cell = Lazy<Asking, Box<dyn Fn() -> BoxNew<Asking> + Send + Sync>>;

/// The results that the helpers received, in order.
#[derive(Default)]
struct Shelf {
    cell: OnceLock<Cell>,
    answers: std::sync::Mutex<Vec<Result<(), ErrorKind>>>,
}

struct Helper(Arc<Shelf>);

impl AObject for Helper {
    type Seed = Arc<Shelf>;

    async fn init(shelf: Arc<Shelf>) -> Result<Self, BoxError> {
        Ok(Self(shelf))
    }

    async fn close(self) -> Result<(), BoxError> {
        let asked = self.0.cell.get().unwrap().ensure_init().await;
        let answer = asked.map(drop).map_err(|error| error.kind());
        self.0.answers.lock().unwrap().push(answer);
        Ok(())
    }
}

struct Asking;

impl AObject for Asking {
    type Seed = (Way, Arc<Shelf>);

    async fn init((way, shelf): Self::Seed) -> Result<Self, BoxError> {
        let mut helper = Some(Helper::start(shelf).await?);
        if matches!(
            way,
            Way::DropsAndFails | Way::DropsAndPanics | Way::DropsAndHangs
        ) {
            helper = None;
        }
        yield_once().await;
        match way {
            Way::DropsAndFails | Way::HoldsAndFails => Err("no disk".into()),
            Way::DropsAndPanics => panic!("injected"),
            Way::HoldsAndHangs | Way::DropsAndHangs => {
                std::future::pending::<()>().await;
                drop(helper);
                Ok(Self)
            }
        }
    }
}

/// A cell whose attempts go these ways, one after the other. The last one repeats.
fn shelf(ways: &'static [Way]) -> Arc<Shelf> {
    let shelf = Arc::new(Shelf::default());
    let (own, next) = (Arc::downgrade(&shelf), AtomicUsize::new(0));
    let cell = Lazy::new(Box::new(move || {
        let at = next.fetch_add(1, Ordering::Relaxed).min(ways.len() - 1);
        Asking::start((ways[at], own.upgrade().unwrap())).boxed()
    }) as Box<dyn Fn() -> BoxNew<Asking> + Send + Sync>);
    shelf.cell.set(cell).ok().unwrap();
    shelf
}

async fn ask(shelf: &Shelf) -> Option<ErrorKind> {
    let asked = timeout(LIMIT, shelf.cell.get().unwrap().ensure_init()).await;
    asked
        .expect("must not hang")
        .map(drop)
        .err()
        .map(|error| error.kind())
}

/// Otherwise, the rollback would wait for the helper's close, which waits for the init.
#[tokio::test(start_paused = true)]
async fn a_failed_init_of_a_cell_does_not_wait_for_a_close_that_waits_for_the_cell() {
    let _counting = REAPER.read().await;
    quiet();
    let failed = (ErrorKind::Failed, ErrorKind::Panicked);
    let ways: [(&[Way], ErrorKind); 3] = [
        (&[Way::DropsAndFails], failed.0),
        (&[Way::DropsAndPanics], failed.1),
        (&[Way::HoldsAndFails], failed.0),
    ];
    for (way, kind) in ways {
        let shelf = shelf(way);
        for _ in 0..2 {
            assert_eq!(ask(&shelf).await, Some(kind), "{way:?}");
        }
        let drained = aobject::drain(LIMIT).await;
        assert_eq!(drained.pending, 0, "{way:?}");
        let answers = shelf.answers.lock().unwrap();
        let all_reentered = answers
            .iter()
            .all(|answer| *answer == Err(ErrorKind::Reentered));
        assert!(all_reentered && answers.len() == 2, "{way:?}: {answers:?}");
    }
}

/// The init is dropped, and the next attempt would wait for the helper's close, which waits for that attempt.
#[tokio::test(start_paused = true)]
async fn a_dropped_init_of_a_cell_does_not_wait_for_a_close_that_waits_for_the_cell() {
    let _counting = REAPER.read().await;
    quiet();
    let ways: [&[Way]; 2] = [
        &[Way::HoldsAndHangs, Way::HoldsAndFails],
        &[Way::DropsAndHangs, Way::DropsAndFails],
    ];
    for way in ways {
        let shelf = shelf(way);
        let given_up = shelf.cell.get().unwrap().ensure_init();
        timeout(millis(10), given_up).await.map(drop).unwrap_err();
        assert_eq!(ask(&shelf).await, Some(ErrorKind::Failed), "{way:?}");
        let drained = aobject::drain(LIMIT).await;
        assert_eq!(drained.pending, 0, "{way:?}");
    }
}

/// A global follows the same protocol.
#[tokio::test(start_paused = true)]
async fn a_failed_init_of_a_global_does_not_wait_for_a_close_that_waits_for_it() {
    struct Log;
    struct Asks;
    impl AObject for Asks {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            Ok(Self)
        }
        async fn close(self) -> Result<(), BoxError> {
            let error = GLOBAL.ensure_init().await.map(drop).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Reentered);
            Ok(())
        }
    }
    impl AObject for Log {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            drop(Asks::start(()).await?);
            yield_once().await;
            Err("no disk".into())
        }
    }
    static GLOBAL: Global<Log> = Global::new(|| Log::start(()).boxed());
    let _counting = REAPER.write().await;
    let asked = timeout(LIMIT, GLOBAL.ensure_init())
        .await
        .expect("must not hang");
    assert_eq!(asked.map(drop).unwrap_err().kind(), ErrorKind::Failed);
    let drained = aobject::drain(LIMIT).await;
    assert_eq!(
        (drained.pending, drained.errors.len()),
        (0, 0),
        "{drained:?}"
    );
}

/// An object whose close waits until it is released.
struct Lock {
    open: Arc<AtomicUsize>,
    release: oneshot::Receiver<()>,
}

impl AObject for Lock {
    type Seed = (Arc<AtomicUsize>, oneshot::Receiver<()>);

    async fn init((open, release): Self::Seed) -> Result<Self, BoxError> {
        open.fetch_add(1, Ordering::SeqCst);
        Ok(Self { open, release })
    }

    async fn close(self) -> Result<(), BoxError> {
        let _ = self.release.await;
        self.open.fetch_sub(1, Ordering::SeqCst);
        Ok(())
    }
}

#[derive(Debug)]
struct Holder {
    _lock: Live<Lock>,
}

impl AObject for Holder {
    type Seed = (Arc<AtomicUsize>, oneshot::Receiver<()>);

    async fn init(seed: Self::Seed) -> Result<Self, BoxError> {
        let lock = Lock::start(seed).await?;
        yield_once().await;
        Ok(Self { _lock: lock })
    }
}

/// The runtime that should roll the init back dies before the rollback has begun.
#[test]
fn no_second_init_begins_before_the_rollback_of_the_first_although_its_runtime_dies() {
    let _alone = REAPER.blocking_write();
    quiet();
    for begun in [false, true] {
        let open = Arc::new(AtomicUsize::new(0));
        let (release, released) = oneshot::channel();
        let (second, second_released) = oneshot::channel();
        let seeds = std::sync::Mutex::new(vec![second_released, released]);
        let of_cell = open.clone();
        let cell = Lazy::new(move || {
            Holder::start((of_cell.clone(), seeds.lock().unwrap().pop().unwrap()))
        });
        let first = runtime();
        first.block_on(async {
            let mut given_up = task::spawn(cell.ensure_init());
            assert_pending!(given_up.poll());
            drop(given_up);
            if begun {
                tokio::task::yield_now().await;
            }
        });
        drop(first);
        if begun {
            // A close that had begun is lost with its runtime and cannot be awaited.
            drop(release);
        } else {
            let mut waiting = task::spawn(cell.ensure_init());
            assert_pending!(waiting.poll());
            std::thread::yield_now();
            assert_pending!(waiting.poll());
            assert_eq!(
                open.load(Ordering::SeqCst),
                1,
                "the first init still holds it"
            );
            release.send(()).unwrap();
            drop(waiting);
        }
        let made = runtime().block_on(async { timeout(LIMIT, cell.ensure_init()).await });
        made.expect("must not hang").map(drop).unwrap();
        drop(second);
        let drained = runtime().block_on(async {
            cell.close().await.unwrap();
            aobject::drain(LIMIT).await
        });
        let lost: Vec<_> = drained.errors.iter().map(Error::kind).collect();
        let expected: &[ErrorKind] = if begun { &[ErrorKind::Lost] } else { &[] };
        assert_eq!(lost, expected, "{drained:?}");
    }
}

/// The runtime of the first closer dies during the close. Every waiter gets an end, either the first closer's or
/// its loss.
#[test]
fn a_global_closes_for_the_others_when_its_first_closer_dies_with_its_runtime() {
    let _alone = REAPER.blocking_write();
    quiet();
    static RELEASES: std::sync::Mutex<Vec<oneshot::Receiver<()>>> =
        std::sync::Mutex::new(Vec::new());
    static OPEN: OnceLock<Arc<AtomicUsize>> = OnceLock::new();
    static GLOBAL: Global<Lock> = Global::new(|| {
        let release = RELEASES.lock().unwrap().pop().unwrap();
        Lock::start((OPEN.get_or_init(Arc::default).clone(), release)).boxed()
    });
    let (release, released) = oneshot::channel();
    RELEASES.lock().unwrap().push(released);
    let staying = runtime();
    let (closing, later) = staying.block_on(async {
        drop(GLOBAL.ensure_init().await.unwrap());
        (GLOBAL.close(), GLOBAL.close())
    });
    let going = runtime();
    going.block_on(async {
        let mut closing = task::spawn(closing);
        assert_pending!(closing.poll());
        drop(tokio::spawn(async move {
            std::future::pending::<()>().await;
            drop(closing);
        }));
        tokio::task::yield_now().await;
    });
    drop(going);
    drop(release);
    let latest = {
        let _entered = staying.enter();
        GLOBAL.close()
    };
    for closing in [later, latest] {
        let ended = staying.block_on(async { timeout(LIMIT, closing).await });
        // Either the close ended or it was lost.
        let _ = ended.expect("must not hang");
    }
    staying.block_on(aobject::drain(LIMIT));
    assert_eq!(OPEN.get().unwrap().load(Ordering::SeqCst), 0);
}

/// The first closer is alive but not polled. Any other closer drives the close.
#[tokio::test]
async fn a_global_closes_although_its_first_closer_is_not_polled() {
    let _alone = REAPER.write().await;
    static WORLD: OnceLock<World> = OnceLock::new();
    static GLOBAL: Global<Part> =
        Global::new(|| Part::start(WORLD.get_or_init(World::new).part("part", &[])).boxed());
    drop(GLOBAL.ensure_init().await.unwrap());
    let mut first = task::spawn(GLOBAL.close());
    assert_pending!(first.poll());
    for _ in 0..2 {
        let closed = timeout(LIMIT, GLOBAL.close()).await;
        closed.expect("must not hang").unwrap();
    }
    assert_eq!(WORLD.get().unwrap().broken(), [""; 0]);
    first.into_inner().await.unwrap();
}

/// An init drives the close of another object under a limit. That close does not wait forever for the same init.
#[tokio::test(start_paused = true)]
async fn a_close_driven_by_an_init_under_a_limit_may_wait_for_the_same_init() {
    static GLOBAL: Global<Driving> = Global::new(|| Driving::start(()).boxed());
    static ANSWER: std::sync::Mutex<Option<Result<(), ErrorKind>>> = std::sync::Mutex::new(None);
    struct Other;
    impl AObject for Other {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            Ok(Self)
        }
        async fn close(self) -> Result<(), BoxError> {
            let asked = GLOBAL.ensure_init().await;
            *ANSWER.lock().unwrap() = Some(asked.map(drop).map_err(|error| error.kind()));
            Ok(())
        }
    }
    struct Driving;
    impl AObject for Driving {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            let other = Other::start(()).await?;
            let closed = other.close().timeout(millis(50)).await;
            assert_eq!(closed.unwrap_err().kind(), ErrorKind::TimedOut);
            Ok(Self)
        }
    }
    let _counting = REAPER.write().await;
    drop(
        timeout(LIMIT, GLOBAL.ensure_init())
            .await
            .expect("must not hang")
            .unwrap(),
    );
    aobject::drain(LIMIT).await;
    assert_eq!(*ANSWER.lock().unwrap(), Some(Ok(())));
    GLOBAL.close().await.unwrap();
}
