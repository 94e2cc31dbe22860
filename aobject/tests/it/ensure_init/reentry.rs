//! B18, A12: an init that ends up waiting for itself.

use std::sync::{Arc, OnceLock};

use super::{line, millis, timeout};
use crate::{REAPER, quiet};
use aobject::{AObject, BoxError, BoxNew, Error, ErrorKind, Lazy, Live};
use tokio::time::sleep;

/// Three types, since chains are told by their names; each asks for the next one that it is given.
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

/// Late-bound, so that they can know each other.
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

fn told<T>(result: Result<&T, Error>) -> String {
    let Err(error) = result else {
        panic!("it is a cycle")
    };
    assert_eq!(error.kind(), ErrorKind::Reentered);
    line(&error)
}

/// In one task, each build driven by the one before it.
#[tokio::test(start_paused = true)]
async fn a_chain_of_cells_that_comes_back_is_an_error_that_names_it() {
    let ring = ring([1, 1, 1]);
    let asked = timeout(millis(100), ring.a.get().unwrap().ensure_init())
        .await
        .unwrap();
    assert_eq!(
        told(asked),
        "init of `A.B.C.A` waits for itself: A -> B -> C -> A"
    );
}

/// Each build is driven by a task of its own: none sees the others on its thread.
#[tokio::test(start_paused = true)]
async fn a_cycle_over_the_waiters_of_other_cells_is_seen_too() {
    let ring = ring([10, 10, 15]);
    let ask = timeout(millis(100), async {
        tokio::join!(
            ring.a.get().unwrap().ensure_init(),
            ring.b.get().unwrap().ensure_init(),
            ring.c.get().unwrap().ensure_init(),
        )
    });
    let (a, b, c) = ask.await.unwrap();
    // C comes last and closes it; the others are told by what they wait for.
    assert_eq!(told(c), "init of `C.A` waits for itself: A -> B -> C -> A");
    assert_eq!(
        told(b),
        "init of `B.C.A` waits for itself: A -> B -> C -> A"
    );
    assert_eq!(
        told(a),
        "init of `A.B.C.A` waits for itself: A -> B -> C -> A"
    );
}

/// B18, with threads, and in every order in which they come.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_cycle_that_threads_close_at_the_same_time_never_hangs() {
    for round in 0..200 {
        let ring = ring([round % 2, round % 3 % 2, 0]);
        let (a, b) = (Arc::clone(&ring), Arc::clone(&ring));
        let a = tokio::spawn(async move { told(a.a.get().unwrap().ensure_init().await) });
        let b = tokio::spawn(async move { told(b.b.get().unwrap().ensure_init().await) });
        let c = told(ring.c.get().unwrap().ensure_init().await);
        for told in [a.await.unwrap(), b.await.unwrap(), c] {
            assert!(told.contains("waits for itself: "), "{told}");
        }
    }
}

/// The init of a cell that asks for its own object; A12.
#[tokio::test(start_paused = true)]
async fn an_init_that_asks_for_itself_is_told_so() {
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
        told(asked),
        "init of `Own.Own` waits for itself: Own -> Own"
    );
}

/// In the call of the closure, before there is a future.
#[tokio::test]
async fn a_closure_that_asks_for_its_own_object_is_told_so() {
    #[derive(AObject)]
    struct Own {
        told: String,
    }
    static CELL: Lazy<Own> = Lazy::new(|| {
        let mut asked = tokio_test::task::spawn(CELL.ensure_init());
        let std::task::Poll::Ready(asked) = asked.poll() else {
            panic!("it waits for itself")
        };
        Own::new(told(asked)).boxed()
    });
    assert_eq!(
        CELL.ensure_init().await.unwrap().told,
        "init of `Own` waits for itself: Own -> Own"
    );
}

/// Not a cycle: two that wait for the same third one, and one that asks twice.
#[tokio::test(start_paused = true)]
async fn a_diamond_is_no_cycle() {
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

/// K08: two that use each other, but not in the init of both.
#[tokio::test]
async fn a_cycle_of_which_one_edge_waits_for_no_init_starts() {
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

/// A wait that has ended, or was given up, is no part of a later cycle.
#[tokio::test(start_paused = true)]
async fn a_wait_that_has_ended_is_forgotten() {
    let ring = ring([1, 50, 1]);
    // A waits for B, which is given up with it.
    assert!(
        timeout(millis(10), ring.a.get().unwrap().ensure_init())
            .await
            .is_err()
    );
    // Were it still noted, B would be found to wait for itself one step too early: by way of the A of before.
    let asked = timeout(millis(200), ring.b.get().unwrap().ensure_init())
        .await
        .unwrap();
    assert_eq!(
        told(asked),
        "init of `B.C.A.B` waits for itself: B -> C -> A -> B"
    );
}

/// A future that was polled elsewhere first, and is awaited in an init then, is that init's.
#[tokio::test(start_paused = true)]
async fn a_wait_that_is_handed_to_an_init_counts_as_its() {
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
        told(asked),
        "init of `Taker.Asker.Taker` waits for itself: Taker -> Asker -> Taker"
    );
}

/// And one that an init polled, and gave away, is not its any more.
#[tokio::test(start_paused = true)]
async fn a_wait_that_an_init_gave_away_counts_no_longer() {
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

/// What cannot be seen: said in the docs, and ended by the limit.
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
