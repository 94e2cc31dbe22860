//! B18, A12: an init that waits for itself.

use std::future::pending;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use super::{line, millis, timeout};
use crate::world::{Part, World};
use crate::{REAPER, quiet};
use aobject::{AObject, Blueprint, BoxError, BoxNew, EnsureInit, Error, ErrorKind, Lazy, Live};
use futures_util::FutureExt;
use tokio::time::sleep;

/// Three types, because a chain consists of type names. Each init calls `ensure_init` of the next cell.
macro_rules! asking {
    ($($name:ident asks $next:ident;)*) => {$(
        struct $name;

        impl AObject for $name {
            type Seed = (u64, Arc<Ring>);

            async fn init((wait, ring): Self::Seed) -> Result<Self, BoxError> {
                sleep(millis(wait)).await;
                ring.$next.get().unwrap().ensure_init().await?;
                Ok($name)
            }
        }
    )*};
}

asking! {
    A asks b;
    B asks c;
    C asks a;
}

type Cell<T> = Lazy<T, Box<dyn Fn() -> BoxNew<T> + Send + Sync>>;

/// Bound late, so that the cells can refer to each other.
#[derive(Default)]
struct Ring {
    a: OnceLock<Cell<A>>,
    b: OnceLock<Cell<B>>,
    c: OnceLock<Cell<C>>,
}

fn ring(waits: [u64; 3]) -> Arc<Ring> {
    let ring = Arc::new(Ring::default());
    fn cell<T: AObject<Seed = (u64, Arc<Ring>)>>(wait: u64, ring: &Arc<Ring>) -> Cell<T> {
        let ring = Arc::downgrade(ring);
        Lazy::new(Box::new(move || {
            T::start((wait, ring.upgrade().unwrap())).boxed()
        }))
    }
    ring.a.set(cell(waits[0], &ring)).unwrap();
    ring.b.set(cell(waits[1], &ring)).unwrap();
    ring.c.set(cell(waits[2], &ring)).unwrap();
    ring
}

fn message<T>(result: Result<&T, Error>) -> String {
    let Err(error) = result else {
        panic!("a cycle must be an error")
    };
    assert_eq!(error.kind(), ErrorKind::Reentered);
    line(&error)
}

/// In one task, where each init drives the next one.
#[tokio::test(start_paused = true)]
async fn a_cycle_of_cells_is_an_error_that_names_the_chain() {
    let ring = ring([1, 1, 1]);
    let asked = timeout(millis(100), ring.a.get().unwrap().ensure_init())
        .await
        .unwrap();
    assert_eq!(
        message(asked),
        "init of `A.B.C.A` waits for itself: A -> B -> C -> A"
    );
}

/// Each init is driven by its own task, so none finds the others on its thread.
#[tokio::test(start_paused = true)]
async fn a_cycle_through_waiters_of_other_cells_is_detected() {
    let ring = ring([10, 10, 15]);
    let ask = timeout(millis(100), async {
        tokio::join!(
            ring.a.get().unwrap().ensure_init(),
            ring.b.get().unwrap().ensure_init(),
            ring.c.get().unwrap().ensure_init(),
        )
    });
    let (a, b, c) = ask.await.unwrap();
    // C comes last and completes the cycle. The errors of A and B follow from their waits.
    assert_eq!(
        message(c),
        "init of `C.A` waits for itself: A -> B -> C -> A"
    );
    assert_eq!(
        message(b),
        "init of `B.C.A` waits for itself: A -> B -> C -> A"
    );
    assert_eq!(
        message(a),
        "init of `A.B.C.A` waits for itself: A -> B -> C -> A"
    );
}

/// B18, on several threads, in every order of arrival.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_cycle_that_threads_complete_concurrently_never_hangs() {
    for round in 0..200 {
        let ring = ring([round % 2, round % 3 % 2, 0]);
        let (a, b) = (Arc::clone(&ring), Arc::clone(&ring));
        let a = tokio::spawn(async move { message(a.a.get().unwrap().ensure_init().await) });
        let b = tokio::spawn(async move { message(b.b.get().unwrap().ensure_init().await) });
        let c = message(ring.c.get().unwrap().ensure_init().await);
        for message in [a.await.unwrap(), b.await.unwrap(), c] {
            assert!(message.contains("waits for itself: "), "{message}");
        }
    }
}

/// A12: the init of a cell calls `ensure_init` of the same cell.
#[tokio::test(start_paused = true)]
async fn an_init_that_waits_for_its_own_cell_is_an_error() {
    struct Own;
    impl AObject for Own {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            sleep(millis(1)).await;
            CELL.ensure_init().await?;
            Ok(Own)
        }
    }
    static CELL: Lazy<Own> = Lazy::new(|| Own::start(()).boxed());
    let asked = timeout(millis(100), CELL.ensure_init()).await.unwrap();
    assert_eq!(
        message(asked),
        "init of `Own.Own` waits for itself: Own -> Own"
    );
}

/// Within the call of the closure, before a future exists.
#[tokio::test]
async fn a_closure_that_waits_for_its_own_cell_is_an_error() {
    #[derive(AObject)]
    struct Own {
        message: String,
    }
    static CELL: Lazy<Own> = Lazy::new(|| {
        let mut asked = tokio_test::task::spawn(CELL.ensure_init());
        let std::task::Poll::Ready(asked) = asked.poll() else {
            panic!("a cycle must be an error")
        };
        Own::new(message(asked)).boxed()
    });
    assert_eq!(
        CELL.ensure_init().await.unwrap().message,
        "init of `Own` waits for itself: Own -> Own"
    );
}

/// No cycle: two inits wait for the same third one, and one init waits for it twice.
#[tokio::test(start_paused = true)]
async fn a_diamond_is_not_a_cycle() {
    #[derive(AObject)]
    struct Base {
        #[aobject(init = sleep(millis(5)).await)]
        slept: (),
    }
    #[derive(AObject)]
    struct Side {
        #[aobject(init = { let (one, other) = tokio::join!(BASE.ensure_init(), BASE.ensure_init()); one?; other?; })]
        base: (),
    }
    #[derive(AObject)]
    struct Top {
        #[aobject(init = LEFT.ensure_init().await.map(|_| ())?)]
        left: (),
        #[aobject(init = RIGHT.ensure_init().await.map(|_| ())?)]
        right: (),
    }
    static BASE: Lazy<Base> = Lazy::new(|| Base::new().boxed());
    static LEFT: Lazy<Side> = Lazy::new(|| Side::new().boxed());
    static RIGHT: Lazy<Side> = Lazy::new(|| Side::new().boxed());
    let top: Live<Top> = Top::new().await.unwrap();
    top.close().await.unwrap();
}

/// K08: two objects use each other, but only one of them during its init.
#[tokio::test]
async fn a_cycle_starts_if_one_of_its_edges_waits_for_no_init() {
    #[derive(AObject)]
    struct Left {
        #[aobject(default = &RIGHT)]
        right: &'static Lazy<Right>,
    }
    #[derive(AObject)]
    struct Right {
        #[aobject(init = LEFT.ensure_init().await?)]
        left: &'static Left,
    }
    static LEFT: Lazy<Left> = Lazy::new(|| Left::new().boxed());
    static RIGHT: Lazy<Right> = Lazy::new(|| Right::new().boxed());
    let left = LEFT.ensure_init().await.unwrap();
    let right = left.right.ensure_init().await.unwrap();
    assert!(std::ptr::eq(right.left, left));
}

/// A wait that has ended or was dropped is not part of a later cycle.
#[tokio::test(start_paused = true)]
async fn a_finished_wait_is_forgotten() {
    let ring = ring([1, 50, 1]);
    // A waits for B. Both are dropped.
    assert!(
        timeout(millis(10), ring.a.get().unwrap().ensure_init())
            .await
            .is_err()
    );
    // If the wait were still recorded, the cycle would be found one step too early, through the old A.
    let asked = timeout(millis(200), ring.b.get().unwrap().ensure_init())
        .await
        .unwrap();
    assert_eq!(
        message(asked),
        "init of `B.C.A.B` waits for itself: B -> C -> A -> B"
    );
}

/// A future that was first polled elsewhere and is then awaited in an init belongs to that init.
#[tokio::test(start_paused = true)]
async fn a_wait_handed_to_an_init_counts_as_a_wait_of_that_init() {
    use std::pin::Pin;
    use std::sync::Mutex;
    type Waiting = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;
    static HANDED_OVER: Mutex<Option<Waiting>> = Mutex::new(None);
    struct Taker;
    impl AObject for Taker {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            let waiting = HANDED_OVER.lock().unwrap().take().unwrap();
            waiting.await?;
            Ok(Taker)
        }
    }
    struct Asker;
    impl AObject for Asker {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            sleep(millis(10)).await;
            TAKER.ensure_init().await?;
            Ok(Asker)
        }
    }
    static TAKER: Lazy<Taker> = Lazy::new(|| Taker::start(()).boxed());
    static ASKER: Lazy<Asker> = Lazy::new(|| Asker::start(()).boxed());
    let mut waiting =
        tokio_test::task::spawn(Box::pin(async { ASKER.ensure_init().await.map(|_| ()) }));
    assert!(waiting.poll().is_pending());
    *HANDED_OVER.lock().unwrap() = Some(waiting.into_inner());
    let asked = timeout(millis(100), TAKER.ensure_init()).await.unwrap();
    assert_eq!(
        message(asked),
        "init of `Taker.Asker.Taker` waits for itself: Taker -> Asker -> Taker"
    );
}

/// Conversely, a future that an init polled and then gave away no longer belongs to that init.
#[tokio::test(start_paused = true)]
async fn a_wait_given_away_by_an_init_no_longer_counts() {
    use std::pin::Pin;
    use std::sync::Mutex;
    type Waiting = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;
    static GIVEN: Mutex<Option<Waiting>> = Mutex::new(None);
    struct Giver;
    impl AObject for Giver {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            let mut waiting: Waiting = Box::pin(async { ASKER.ensure_init().await.map(|_| ()) });
            std::future::poll_fn(|cx| {
                std::task::Poll::Ready(waiting.as_mut().poll(cx).is_pending())
            })
            .await;
            *GIVEN.lock().unwrap() = Some(waiting);
            sleep(millis(50)).await;
            Ok(Giver)
        }
    }
    struct Asker;
    impl AObject for Asker {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            sleep(millis(10)).await;
            GIVER.ensure_init().await?;
            Ok(Asker)
        }
    }
    static GIVER: Lazy<Giver> = Lazy::new(|| Giver::start(()).boxed());
    static ASKER: Lazy<Asker> = Lazy::new(|| Asker::start(()).boxed());
    let taker = async {
        sleep(millis(1)).await;
        let waiting = GIVEN.lock().unwrap().take().unwrap();
        waiting.await
    };
    let (giver, asker) = tokio::join!(GIVER.ensure_init(), taker);
    giver.map(|_| ()).and(asker).unwrap();
}

/// This cycle cannot be detected. The docs say so, and the limit ends the wait.
#[tokio::test(start_paused = true)]
async fn a_cycle_through_a_spawned_task_is_ended_by_the_limit() {
    struct Own;
    impl AObject for Own {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            tokio::spawn(async { CELL.ensure_init().await.map(drop) }).await??;
            Ok(Own)
        }
    }
    static CELL: Lazy<Own> = <Lazy<Own>>::new(|| Own::start(()).boxed()).init_timeout(millis(50));
    let error = CELL.ensure_init().await.map(drop).unwrap_err();
    assert_eq!(error.to_string(), "init of `Own` timed out after 50ms");
}

type Late<T> = Arc<OnceLock<Cell<T>>>;

/// Its close spawns a task that asks for the cell in whose init it was made, and waits for that.
#[derive(AObject)]
#[aobject(close = Self::ask, close_timeout = millis(50))]
struct Asking {
    cell: Late<Spawning>,
}

impl Asking {
    async fn ask(&mut self) -> Result<(), BoxError> {
        let cell = self.cell.clone();
        let asked = async move { cell.get().unwrap().ensure_init().await.map(drop) };
        Ok(tokio::spawn(asked).await??)
    }
}

struct Spawning;

impl AObject for Spawning {
    type Seed = Late<Spawning>;

    async fn init(cell: Late<Spawning>) -> Result<Self, BoxError> {
        let _asking = Asking::new(cell).await?;
        Err("the disk is full".into())
    }
}

/// A rollback has no limit, but a close in it may have one.
#[tokio::test(start_paused = true)]
async fn a_rollback_that_waits_for_itself_through_a_task_is_ended_by_the_limit_of_its_close() {
    let _counting = REAPER.read().await;
    quiet();
    let cell = Late::<Spawning>::default();
    let own = Arc::downgrade(&cell);
    let make = move || Spawning::start(own.upgrade().unwrap()).boxed();
    let lazy = <Cell<Spawning>>::new(Box::new(make)).init_timeout(millis(1000));
    cell.set(lazy).ok().unwrap();
    let asked = timeout(millis(20_000), cell.get().unwrap().ensure_init()).await;
    let error = asked.expect("it hangs").map(drop).unwrap_err();
    assert_eq!(
        line(&error),
        "init of `Spawning` failed (and 1 more error): the disk is full"
    );
    assert_eq!(error.related()[0].kind(), ErrorKind::TimedOut);
    // The task has the error too, and so the close ends.
    let drained = aobject::drain(millis(20_000)).await;
    assert_eq!((drained.closed, drained.pending), (1, 0));
}

/// A wait ends with its result, whenever its future is dropped.
#[tokio::test(start_paused = true)]
async fn a_wait_that_has_ended_is_forgotten_although_its_future_lives() {
    struct Asker;
    impl AObject for Asker {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            let mut waiting = Box::pin(ASKED.ensure_init());
            waiting.as_mut().await.map(drop).unwrap_err();
            sleep(millis(50)).await;
            drop(waiting);
            Ok(Asker)
        }
    }
    struct Asked;
    impl AObject for Asked {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            static HAS_FAILED: AtomicBool = AtomicBool::new(false);
            if !HAS_FAILED.swap(true, Ordering::Relaxed) {
                Err("not yet")?;
            }
            ASKER.ensure_init().await?;
            Ok(Asked)
        }
    }
    static ASKER: Lazy<Asker> = Lazy::new(|| Asker::start(()).boxed());
    static ASKED: Lazy<Asked> = Lazy::new(|| Asked::start(()).boxed());
    let again = async {
        sleep(millis(10)).await;
        ASKED.ensure_init().await.map(drop)
    };
    let (first, again) = tokio::join!(ASKER.ensure_init(), again);
    first.map(drop).and(again).unwrap();
}

/// Nor does one that is refused keep the init alive that it had waited for.
#[tokio::test(start_paused = true)]
async fn a_wait_that_is_refused_waits_no_longer_although_its_future_lives() {
    static WORLD: OnceLock<World> = OnceLock::new();
    static WAITING: Mutex<Option<Waiting>> = Mutex::new(None);
    static ASKER: Lazy<Asker> = Lazy::new(|| Asker::start(()).boxed());
    static ASKED: Lazy<Asked> = Lazy::new(|| Asked::start(()).boxed());
    type Waiting = Pin<Box<EnsureInit<'static, Asker, fn() -> BoxNew<Asker>>>>;
    struct Asker(#[expect(dead_code, reason = "it is closed")] Live<Part>);
    impl AObject for Asker {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            let base = WORLD.get().unwrap().timed("base", 1, 10).make().await?;
            ASKED.ensure_init().await?;
            Ok(Asker(base))
        }
    }
    struct Asked;
    impl AObject for Asked {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            let mut waiting = WAITING.lock().unwrap().take().unwrap();
            let error = waiting.as_mut().await.map(drop).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Reentered);
            *WAITING.lock().unwrap() = Some(waiting);
            pending().await
        }
    }
    let _counting = REAPER.read().await;
    let world = WORLD.get_or_init(World::new);
    let mut waiting = Box::pin(ASKER.ensure_init());
    assert!(futures_util::poll!(&mut waiting).is_pending());
    *WAITING.lock().unwrap() = Some(waiting);
    assert!(timeout(millis(50), ASKER.ensure_init()).await.is_err());
    assert!(WAITING.lock().unwrap().is_some());
    assert_eq!(aobject::drain(millis(1000)).await.pending, 0);
    assert_eq!(world.counts("base"), (1, 1));
    drop(WAITING.lock().unwrap().take());
}

/// The names in the chain are the user's code.
#[tokio::test]
async fn a_blueprint_may_ask_for_another_cell_while_a_chain_is_named() {
    struct Curious;
    impl AObject for Curious {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            CURIOUS.ensure_init().await?;
            Ok(Curious)
        }
        fn blueprint() -> Blueprint {
            let _ = OTHER.ensure_init().now_or_never();
            Blueprint::new("Curious", &[])
        }
    }
    struct Other;
    impl AObject for Other {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            Ok(Other)
        }
    }
    static CURIOUS: Lazy<Curious> = Lazy::new(|| Curious::start(()).boxed());
    static OTHER: Lazy<Other> = Lazy::new(|| Other::start(()).boxed());
    let asked = CURIOUS.ensure_init().await;
    assert_eq!(
        message(asked),
        "init of `Curious.Curious` waits for itself: Curious -> Curious"
    );
}
