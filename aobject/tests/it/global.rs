//! Groups B, H and I for an object of the whole program: `Global`.

use std::cell::RefCell;
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use aobject::{AObject, BoxNew, Error, ErrorKind, Global, Live, Phase, Shared};
use tokio::time::{Instant, sleep, timeout};
use tokio_test::task;

use crate::quiet;
use crate::world::{Fault, Part, Spec, Step, World, line};

mod ending;
mod identity;
mod runtimes;

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A static of the calling function, and a second static through which the test sets what to make.
macro_rules! global {
    ($global:ident: $spec:ident) => {
        static $spec: OnceLock<Spec> = OnceLock::new();
        static $global: Global<Part> = Global::new(|| start(&$spec));
    };
}

fn start(spec: &OnceLock<Spec>) -> BoxNew<Part> {
    Part::start(spec.get().unwrap().clone()).boxed()
}

fn kind_and_text(result: Result<Shared<Part>, Error>) -> (ErrorKind, String) {
    let error = result.unwrap_err();
    (error.kind(), line(&error))
}

const CLOSED: &str = "init of `Part` refused: already closed";

/// I01, B03.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn all_callers_get_shares_of_one_object() {
    let _alone = crate::REAPER.write().await;
    global!(GLOBAL: SPEC);
    let world = World::new();
    SPEC.set(world.part("part", &[])).unwrap();
    assert!(GLOBAL.get().is_none());
    let asking: Vec<_> = (0..64)
        .map(|_| tokio::spawn(GLOBAL.ensure_init()))
        .collect();
    let mut got = Vec::new();
    for task in asking {
        got.push(std::ptr::from_ref::<Part>(&task.await.unwrap().unwrap()).addr());
    }
    got.dedup();
    assert_eq!(got.len(), 1);
    assert_eq!(
        GLOBAL
            .get()
            .map(|part| std::ptr::from_ref::<Part>(&part).addr()),
        got.pop()
    );
    assert_eq!(world.counts("part"), (1, 0));
    GLOBAL.close().await.unwrap();
    assert_eq!(world.broken(), [""; 0]);
}

/// H05, H07, H03: closed from the call on, for good, whether it was made or not.
#[tokio::test]
async fn a_call_after_the_close_is_refused() {
    global!(MADE: SPEC);
    global!(NOT_MADE: UNUSED);
    let world = World::new();
    SPEC.set(world.part("part", &[])).unwrap();
    drop(MADE.ensure_init().await.unwrap());
    for global in [&MADE, &NOT_MADE] {
        let closing = global.close();
        let told_at_once = task::spawn(global.ensure_init()).poll();
        let std::task::Poll::Ready(result) = told_at_once else {
            panic!("it waits")
        };
        assert_eq!(
            kind_and_text(result),
            (ErrorKind::Closed, CLOSED.to_owned())
        );
        assert!(global.get().is_none());
        closing.await.unwrap();
        global.close().await.unwrap();
        assert_eq!(
            kind_and_text(global.ensure_init().await).0,
            ErrorKind::Closed
        );
    }
    assert_eq!(
        world.events(),
        ["init part", "made part", "close part", "closed part"]
    );
    assert!(UNUSED.get().is_none());
}

/// The last share closes the object, and the close waits for that.
#[tokio::test(start_paused = true)]
async fn a_close_waits_for_the_owners_of_the_object() {
    let _alone = crate::REAPER.write().await;
    global!(GLOBAL: SPEC);
    let world = World::new();
    SPEC.set(world.timed("part", 0, 10)).unwrap();
    let held = GLOBAL.ensure_init().await.unwrap();
    let holder = tokio::spawn(async move {
        sleep(millis(50)).await;
        held.release().await
    });
    GLOBAL.close().await.unwrap();
    holder.await.unwrap().unwrap();
    assert_eq!(world.log()[2..], [" 50 close part", " 60 closed part"]);
}

/// H02: both return after the object is closed, with the same result.
#[tokio::test(start_paused = true)]
async fn all_closers_wait_for_the_one_close_and_get_its_result() {
    let _alone = crate::REAPER.write().await;
    global!(GLOBAL: SPEC);
    let world = World::new().with_fault("part", Step::Close, Fault::Error);
    SPEC.set(world.timed("part", 0, 10)).unwrap();
    drop(GLOBAL.ensure_init().await.unwrap());
    let later = async {
        sleep(millis(5)).await;
        GLOBAL.close().await
    };
    let (first, later) = tokio::join!(GLOBAL.close(), later);
    for error in [
        first.unwrap_err(),
        later.unwrap_err(),
        GLOBAL.close().await.unwrap_err(),
    ] {
        assert_eq!(line(&error), "close of `Part` failed: injected into part");
    }
    assert_eq!(world.log()[2..], ["  0 close part", " 10 closed part"]);
}

/// E05: a second closer, after one that was dropped, still waits for the end.
#[tokio::test(start_paused = true)]
async fn a_dropped_close_finishes_in_the_background() {
    let _counting = crate::REAPER.write().await;
    global!(GLOBAL: SPEC);
    let world = World::new();
    SPEC.set(world.timed("part", 0, 100)).unwrap();
    drop(GLOBAL.ensure_init().await.unwrap());
    let begun = Instant::now();
    assert!(timeout(millis(10), GLOBAL.close()).await.is_err());
    GLOBAL.close().await.unwrap();
    assert_eq!(begun.elapsed(), millis(100));
    assert_eq!(world.counts("part"), (1, 1));
}

/// Makes a part, then takes a long time.
struct Slow {
    _base: Live<Part>,
}

impl AObject for Slow {
    type Seed = World;

    async fn init(world: World) -> Result<Self, aobject::BoxError> {
        let base = world.timed("base", 10, 30).make().await?;
        sleep(millis(1000)).await;
        Ok(Self { _base: base })
    }
}

/// H09: waiters are refused at once. The close returns after the parts of the init are closed.
#[tokio::test(start_paused = true)]
async fn a_close_during_an_init_cancels_it_and_waits_for_its_rollback() {
    let _alone = crate::REAPER.write().await;
    static WORLD: OnceLock<World> = OnceLock::new();
    static GLOBAL: Global<Slow> = Global::new(|| Slow::start(WORLD.get().unwrap().clone()).boxed());
    let world = WORLD.get_or_init(World::new);
    let asks = || {
        tokio::spawn(async {
            let error = GLOBAL.ensure_init().await.map(drop).unwrap_err();
            (
                WORLD.get().unwrap().elapsed(),
                error.kind(),
                error.phase(),
                error.to_string(),
            )
        })
    };
    let asking = [asks(), asks()];
    sleep(millis(20)).await;
    GLOBAL.close().await.unwrap();
    assert_eq!(world.elapsed(), millis(20 + 30));
    for task in asking {
        let refused = "init of `Slow` refused: already closed".to_owned();
        assert_eq!(
            task.await.unwrap(),
            (millis(20), ErrorKind::Closed, Phase::Init, refused)
        );
    }
    let expected = [
        "  0 init base",
        " 10 made base",
        " 20 close base",
        " 50 closed base",
    ];
    assert_eq!(world.log(), expected);
}

/// H09, for every number of polls before the close: the object is either never made, or made and closed.
#[tokio::test]
async fn an_init_that_races_with_a_close_leaves_nothing_open() {
    let _counting = crate::REAPER.read().await;
    let mut ends = [0, 0];
    for polls in 0..8 {
        for dropped in [false, true] {
            let world = World::new();
            let global = once(world.part("part", &[]));
            let mut asking = task::spawn(global.ensure_init());
            let mut made = None;
            for _ in 0..polls {
                if let std::task::Poll::Ready(result) = asking.poll() {
                    made = Some(result.unwrap());
                    break;
                }
            }
            let closing = global.close();
            ends[usize::from(made.is_some())] += 1;
            if dropped {
                drop(asking);
            } else if made.is_none() {
                let std::task::Poll::Ready(result) = asking.poll() else {
                    panic!("it waits")
                };
                assert_eq!(kind_and_text(result).0, ErrorKind::Closed);
            }
            drop(made);
            closing.await.unwrap();
            assert_eq!(world.broken(), [""; 0], "closed after {polls} polls");
        }
    }
    assert!(ends[0] > 4 && ends[1] > 4, "{ends:?}");
}

/// Creates a static for each call.
fn once(spec: Spec) -> &'static Global<Part> {
    thread_local! {
        /// The closure of a global is a function pointer, which captures nothing. Per thread, as tests run concurrently.
        static NEXT: RefCell<Vec<Spec>> = const { RefCell::new(Vec::new()) };
    }
    /// Kept reachable, so that leak checkers do not report them.
    static MADE: Mutex<Vec<&Global<Part>>> = Mutex::new(Vec::new());
    NEXT.with_borrow_mut(|next| next.push(spec));
    let made: &_ = Box::leak(Box::new(Global::new(|| {
        Part::start(NEXT.with_borrow_mut(Vec::pop).unwrap()).boxed()
    })));
    MADE.lock().unwrap().push(made);
    made
}

/// B10, B12.
#[tokio::test(start_paused = true)]
async fn a_failure_is_returned_to_all_waiters_and_retried_unless_it_is_remembered() {
    let _alone = crate::REAPER.write().await;
    static SPEC: OnceLock<Spec> = OnceLock::new();
    static RETRIES: Global<Part> = Global::new(|| start(&SPEC));
    static REMEMBERS: Global<Part> = Global::new(|| start(&SPEC)).remember_failure();
    let world = World::new().with_fault("part", Step::Init, Fault::Error);
    SPEC.set(world.timed("part", 5, 0)).unwrap();
    let failed = "init of `Part` failed: injected into part";
    for (global, runs) in [(&RETRIES, 2), (&REMEMBERS, 3)] {
        let (one, other) = tokio::join!(global.ensure_init(), global.ensure_init());
        assert_eq!(
            [one, other, global.ensure_init().await].map(|result| kind_and_text(result).1),
            [failed; 3]
        );
        assert_eq!(world.events().len(), runs);
    }
}

/// J01.
#[tokio::test(start_paused = true)]
async fn a_limit_ends_an_init() {
    let _alone = crate::REAPER.write().await;
    static WORLD: OnceLock<World> = OnceLock::new();
    static GLOBAL: Global<Slow> =
        Global::new(|| Slow::start(WORLD.get().unwrap().clone()).boxed()).init_timeout(millis(50));
    WORLD.set(World::new()).ok().unwrap();
    let error = GLOBAL.ensure_init().await.map(drop).unwrap_err();
    assert_eq!(error.to_string(), "init of `Slow` timed out after 50ms");
}

/// B18: two globals wait for each other.
#[tokio::test(start_paused = true)]
async fn globals_that_wait_for_each_other_return_an_error() {
    let _alone = crate::REAPER.write().await;
    #[derive(AObject)]
    struct Left {
        #[aobject(init = RIGHT.ensure_init().await?)]
        right: Shared<Right>,
    }
    #[derive(AObject)]
    struct Right {
        #[aobject(init = LEFT.ensure_init().await?)]
        left: Shared<Left>,
    }
    static LEFT: Global<Left> = Global::new(|| Left::new().boxed());
    static RIGHT: Global<Right> = Global::new(|| Right::new().boxed());
    let asked = timeout(millis(100), LEFT.ensure_init()).await.unwrap();
    let error = asked.map(drop).unwrap_err();
    assert_eq!(
        line(&error),
        "init of `Left.right.left` waits for itself: Left -> Right -> Left"
    );
    assert_eq!(error.kind(), ErrorKind::Reentered);
}

/// B15.
#[tokio::test]
async fn a_panic_is_returned_and_the_next_call_retries() {
    let _alone = crate::REAPER.write().await;
    quiet();
    static CALLS: Mutex<u32> = Mutex::new(0);
    #[derive(AObject)]
    struct Small {
        number: u32,
    }
    static GLOBAL: Global<Small> = Global::new(|| {
        let mut calls = CALLS
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *calls += 1;
        assert!(*calls > 1, "injected {calls}");
        Small::new(*calls).boxed()
    });
    let error = GLOBAL.ensure_init().await.map(drop).unwrap_err();
    assert_eq!(line(&error), "init of `Small` panicked: injected 1");
    assert_eq!(GLOBAL.ensure_init().await.unwrap().number, 2);
    GLOBAL.close().await.unwrap();
}

#[test]
fn a_global_reports_its_state() {
    let _alone = crate::REAPER.blocking_write();
    global!(GLOBAL: SPEC);
    assert_eq!(
        format!("{GLOBAL:?}"),
        "Global { object: \"Part\", is_init: false, .. }"
    );
    assert!(SPEC.get().is_none());
}

/// An object that `run` closes at its end is made again by the next run. The newest closes first, one after the
/// other.
#[test]
fn a_run_closes_and_re_arms_the_globals_made_in_it() {
    let _alone = crate::REAPER.blocking_write();
    static WORLD: Mutex<Option<World>> = Mutex::new(None);
    static OLD: Global<Part> = Global::new(|| begin("old"));
    static NEW: Global<Part> = Global::new(|| begin("new"));
    fn begin(name: &'static str) -> BoxNew<Part> {
        Part::start(WORLD.lock().unwrap().as_ref().unwrap().part(name, &[])).boxed()
    }
    for _ in 0..2 {
        let world = aobject::Runner::new().current_thread().run(async {
            let world = World::new();
            *WORLD.lock().unwrap() = Some(world.clone());
            drop(OLD.ensure_init().await.unwrap());
            drop(NEW.ensure_init().await.unwrap());
            world
        });
        let world = world.unwrap();
        assert_eq!(
            world.events()[4..],
            ["close new", "closed new", "close old", "closed old"]
        );
        assert!(OLD.get().is_none() && NEW.get().is_none());
    }
}

/// One deadline for all of them.
#[test]
fn a_run_beyond_its_limit_waits_for_no_global() {
    let _alone = crate::REAPER.blocking_write();
    quiet();
    static GLOBAL: Global<Endless> = Global::new(|| Endless::start(()).boxed());
    struct Endless;
    impl AObject for Endless {
        type Seed = ();
        async fn init((): ()) -> Result<Self, aobject::BoxError> {
            Ok(Self)
        }
        async fn close(self) -> Result<(), aobject::BoxError> {
            std::future::pending().await
        }
    }
    let runner = aobject::Runner::new().current_thread().limit(millis(50));
    runner
        .run(async { GLOBAL.ensure_init().await.map(drop) })
        .unwrap()
        .unwrap();
    assert!(GLOBAL.get().is_none());
    let drained = futures_executor::block_on(aobject::drain(millis(5000)));
    let lost: Vec<_> = drained
        .errors
        .iter()
        .map(|error| (error.kind(), error.path().to_owned()))
        .collect();
    assert_eq!(lost, [(ErrorKind::Lost, "Endless".to_owned())]);
}
