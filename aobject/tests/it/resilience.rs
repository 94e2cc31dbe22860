//! Hostile users and unlucky moments. Each case once broke a promise, or could break one easily.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use aobject::{AObject, BoxError, Close, Error, ErrorKind, Live};
use tokio::runtime::Builder;
use tokio::time::{Instant, sleep, timeout};

use crate::world::{Fault, Part, Step, World, line, yield_once};
use crate::{REAPER, quiet};

const LIMIT: Duration = Duration::from_secs(20);

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// P3: the first error has not been returned yet when a failing sibling cuts its rollback short.
#[tokio::test(start_paused = true)]
async fn an_error_whose_rollback_is_cut_short_is_related_to_the_error_that_cut_it_short() {
    #[derive(AObject)]
    struct Child {
        world: World,
        #[aobject(init = world.timed("made", 1, 30).make().await?)]
        _made: Live<Part>,
        #[aobject(init = Err("connection refused")?, after(_made))]
        _bad: (),
    }
    #[derive(AObject)]
    struct Parent {
        world: World,
        // In an `async` block, so whether its error is passed on is unknown until the error arrives.
        #[aobject(init = async { Child::new(world.clone()).await }.await?)]
        _child: Live<Child>,
        #[aobject(init = { sleep(millis(10)).await; Err("disk full")? })]
        _sibling: (),
    }
    let world = World::new();
    let error = Parent::new(world.clone()).await.unwrap_err();
    assert_eq!(
        line(&error),
        "init of `Parent._sibling` failed (and 1 more error): disk full"
    );
    assert_eq!(
        line(&error.related()[0]),
        "init of `Parent._child._bad` failed: connection refused"
    );
    assert_eq!(world.live(), [""; 0]);
}

/// P5: a rollback close that has begun is lost with its runtime. The objects behind it still close.
#[test]
fn a_rollback_cut_short_by_its_runtime_continues_with_the_closes_that_had_not_begun() {
    quiet();
    let _alone = REAPER.blocking_write();
    struct Stuck(mpsc::Sender<()>);
    impl AObject for Stuck {
        type Seed = mpsc::Sender<()>;
        async fn init(begun: mpsc::Sender<()>) -> Result<Self, BoxError> {
            Ok(Stuck(begun))
        }
        async fn close(self) -> Result<(), BoxError> {
            self.0.send(())?;
            std::future::pending::<()>().await;
            Ok(())
        }
    }
    struct Failing;
    impl AObject for Failing {
        type Seed = (mpsc::Sender<()>, World);
        async fn init((begun, world): Self::Seed) -> Result<Self, BoxError> {
            let _behind = world.part("behind", &[]).make().await?;
            let _stuck = Stuck::start(begun).await?;
            Err("no")?
        }
    }
    let (begun, has_begun) = mpsc::channel();
    let world = World::new();
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    runtime.spawn(Failing::start((begun, world.clone())).boxed());
    has_begun.recv_timeout(LIMIT).unwrap();
    drop(runtime);
    let drained = Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(aobject::drain(LIMIT));
    assert_eq!((drained.pending, world.counts("behind")), (0, (1, 1)));
    let errors: Vec<_> = drained
        .errors
        .iter()
        .flat_map(|error| [vec![error.clone()], error.related().to_vec()].concat())
        .collect();
    assert!(
        errors.iter().any(|error| error.kind() == ErrorKind::Lost),
        "{errors:?}"
    );
}

/// Objects that the inner init drops are not left to a drop scope that waits for the inner init.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_init_may_block_on_another_init() {
    struct Inner;
    impl AObject for Inner {
        type Seed = World;
        async fn init(world: World) -> Result<Self, BoxError> {
            drop(world.part("given up", &[]).make().await?);
            yield_once().await;
            Err("no")?
        }
    }
    struct Outer;
    impl AObject for Outer {
        type Seed = World;
        async fn init(world: World) -> Result<Self, BoxError> {
            let runtime = tokio::runtime::Handle::current();
            let inner = tokio::task::block_in_place(|| runtime.block_on(Inner::start(world)));
            Ok(inner.map(|_| Outer)?)
        }
    }
    let world = World::new();
    let started = tokio::spawn(Outer::start(world.clone()).boxed());
    let error = timeout(LIMIT, started)
        .await
        .expect("must not hang")
        .unwrap()
        .unwrap_err();
    assert_eq!((error.path(), world.live().len()), ("Outer.Inner", 0));
}

/// P5: the report of a failed background close runs the user's `Display`.
#[tokio::test]
async fn an_error_that_panics_when_it_is_formatted_breaks_nothing() {
    quiet();
    #[derive(Debug)]
    struct Unspeakable;
    impl std::fmt::Display for Unspeakable {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            panic!("injected");
        }
    }
    impl std::error::Error for Unspeakable {}
    struct Odd;
    impl AObject for Odd {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            Ok(Odd)
        }
        async fn close(self) -> Result<(), BoxError> {
            Err(Unspeakable)?
        }
    }
    let _counting = REAPER.read().await;
    drop(Odd::start(()).await.unwrap());
    // With a subscriber that listens and so formats the error.
    let drained = aobject::drain(LIMIT).await;
    assert_eq!((drained.closed, drained.errors.len()), (1, 1));
    assert!(drained.errors[0].downcast_ref::<Unspeakable>().is_some());
}

/// P4, in a user's own collections.
#[tokio::test]
async fn a_close_that_panics_in_a_collection_stops_no_other_close() {
    quiet();
    struct Line(&'static str, World);
    impl Close for Line {
        async fn close(self) -> Result<(), Error> {
            yield_once().await;
            match self.0 {
                "early" => Err(Error::new(aobject::Phase::Close, "early")),
                "bad" => panic!("injected"),
                _ => {
                    yield_once().await;
                    self.1.note(self.0);
                    Ok(())
                }
            }
        }
    }
    #[derive(AObject)]
    struct Exchange {
        lines: Vec<Line>,
        pair: (Line, Line),
    }
    let world = World::new();
    let line = |name| Line(name, world.clone());
    let exchange = Exchange::new(
        vec![line("early"), line("bad"), line("good")],
        (line("bad"), line("fine")),
    );
    let error = exchange.await.unwrap().close().await.unwrap_err();
    let mut paths: Vec<_> = [&error]
        .into_iter()
        .chain(error.related())
        .map(Error::path)
        .collect();
    paths.sort_unstable();
    assert_eq!(
        paths,
        ["Exchange.lines[0]", "Exchange.lines[1]", "Exchange.pair"]
    );
    let mut closed = world.events();
    closed.sort_unstable();
    assert_eq!(closed, ["fine", "good"]);
}

/// P4: one close waits for a lock that the other one holds, and both have begun.
#[tokio::test(start_paused = true)]
async fn concurrent_closes_continue_concurrently_after_they_are_dropped() {
    struct Locking(Arc<tokio::sync::Mutex<()>>, Duration);
    impl AObject for Locking {
        type Seed = (Arc<tokio::sync::Mutex<()>>, Duration);
        async fn init((lock, delay): Self::Seed) -> Result<Self, BoxError> {
            Ok(Locking(lock, delay))
        }
        async fn close(self) -> Result<(), BoxError> {
            sleep(self.1).await;
            let _held = self.0.lock().await;
            sleep(millis(50)).await;
            Ok(())
        }
    }
    struct Impatient;
    impl AObject for Impatient {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            let lock = Arc::new(tokio::sync::Mutex::new(()));
            let waits = Locking::start((lock.clone(), millis(2))).await?;
            let holds = Locking::start((lock, millis(1))).await?;
            let both = async { tokio::join!(waits.close(), holds.close()) };
            let (first, second) = timeout(millis(10), both).await?;
            first.and(second)?;
            Ok(Impatient)
        }
    }
    let error = timeout(LIMIT, Impatient::start(()))
        .await
        .expect("must not hang")
        .unwrap_err();
    assert!(
        error
            .downcast_ref::<tokio::time::error::Elapsed>()
            .is_some()
    );
}

/// P6: the panic of a dropped sibling is returned beside the error.
#[tokio::test]
async fn a_panic_in_the_drop_of_a_sibling_is_returned() {
    quiet();
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("injected");
        }
    }
    #[derive(AObject)]
    struct Pair {
        #[aobject(init = { let _bomb = Bomb; std::future::pending::<()>().await })]
        _stuck: (),
        #[aobject(init = Err("disk full")?)]
        _bad: (),
    }
    let error = Pair::new().await.unwrap_err();
    let lines: Vec<_> = [&error]
        .into_iter()
        .chain(error.related())
        .map(|error| line(error))
        .collect();
    let expected = [
        "init of `Pair._bad` failed (and 1 more error): disk full",
        "init of `Pair._stuck` panicked: injected",
    ];
    assert_eq!(lines, expected);
}

/// The errors of closes that had ended are returned although the rest was dropped.
#[tokio::test(start_paused = true)]
async fn errors_of_a_collection_s_close_are_not_lost_with_its_future() {
    quiet();
    let _counting = REAPER.read().await;
    let world = World::new().with_fault("quick", Step::Close, Fault::Error);
    let parts = vec![
        world.timed("quick", 0, 1).make().await.unwrap(),
        world.timed("slow", 0, 100).make().await.unwrap(),
    ];
    timeout(millis(10), parts.close()).await.unwrap_err();
    let drained = aobject::drain(LIMIT).await;
    let paths: Vec<_> = drained.errors.iter().map(Error::path).collect();
    assert_eq!((world.live().len(), paths), (0, vec!["Part[0]"]));
}

/// They also survive the end of their runtime.
#[test]
fn errors_of_a_collection_s_close_are_not_lost_with_its_runtime() {
    quiet();
    let _alone = REAPER.blocking_write();
    let world = World::new().with_fault("quick", Step::Close, Fault::Error);
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let both = async {
        let quick = world.part("quick", &[]).make().await.unwrap();
        let slow = world.timed("slow", 0, 1_000_000).make().await.unwrap();
        tokio::spawn(vec![quick, slow].close());
        while world.counts("quick") != (1, 1) {
            tokio::task::yield_now().await;
        }
        tokio::task::yield_now().await;
    };
    runtime.block_on(both);
    drop(runtime);
    let drained = Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(aobject::drain(LIMIT));
    let mut kinds: Vec<_> = drained.errors.iter().map(Error::kind).collect();
    kinds.sort_unstable_by_key(|kind| *kind == ErrorKind::Lost);
    assert_eq!(
        kinds,
        [ErrorKind::Failed, ErrorKind::Lost],
        "{:?}",
        drained.errors
    );
}

/// The close blocks the reaper's thread. The limit is enforced elsewhere.
#[test]
fn a_close_that_blocks_its_thread_does_not_delay_drain() {
    struct Blocking(mpsc::Receiver<()>);
    impl AObject for Blocking {
        type Seed = mpsc::Receiver<()>;
        async fn init(released: mpsc::Receiver<()>) -> Result<Self, BoxError> {
            Ok(Blocking(released))
        }
        async fn close(self) -> Result<(), BoxError> {
            Ok(self.0.recv_timeout(LIMIT)?)
        }
    }
    quiet();
    let _alone = REAPER.blocking_write();
    let (release, released) = mpsc::channel();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    drop(runtime.block_on(Blocking::start(released)).unwrap());
    assert_eq!(runtime.block_on(aobject::drain(millis(20))).pending, 1);
    release.send(()).unwrap();
    let drained = runtime.block_on(aobject::drain(LIMIT));
    assert_eq!((drained.closed, drained.errors.len()), (1, 0));
}

/// A stored error may hold an object, and is dropped by the thread that makes room for another runtime.
#[test]
fn an_error_that_holds_an_object_is_dropped_without_a_deadlock() {
    #[derive(Debug)]
    struct Holding {
        _object: std::sync::Mutex<Option<Live<Part>>>,
    }
    impl std::fmt::Display for Holding {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("holding")
        }
    }
    impl std::error::Error for Holding {}
    struct Failing(Live<Part>);
    impl AObject for Failing {
        type Seed = World;
        async fn init(world: World) -> Result<Self, BoxError> {
            Ok(Failing(world.part("held", &[]).make().await?))
        }
        async fn close(self) -> Result<(), BoxError> {
            Err(Holding {
                _object: std::sync::Mutex::new(Some(self.0)),
            })?
        }
    }
    /// Drops an object in a runtime of its own and lets it close, but does not drain its error.
    fn drop_in_a_runtime<T: AObject<Seed = World>>(world: &World) {
        Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(async {
                drop(T::start(world.clone()).await.unwrap());
                for _ in 0..10 {
                    tokio::task::yield_now().await;
                }
            });
    }
    struct Plain;
    impl AObject for Plain {
        type Seed = World;
        async fn init(_: World) -> Result<Self, BoxError> {
            Ok(Plain)
        }
    }
    quiet();
    let _alone = REAPER.blocking_write();
    let world = World::new();
    let (done, all_done) = mpsc::channel();
    let made_in = world.clone();
    std::thread::spawn(move || {
        (0..200).for_each(|_| drop_in_a_runtime::<Failing>(&made_in));
        // Clears the stored errors, so that none is left to other tests.
        (0..200).for_each(|_| drop_in_a_runtime::<Plain>(&made_in));
        done.send(()).unwrap();
    });
    all_done.recv_timeout(LIMIT).expect("must not hang");
    assert_eq!(world.live(), [""; 0]);
}

/// P2: outside any future of the library, a close that is dropped half-way keeps its order.
#[tokio::test(start_paused = true)]
async fn a_close_through_the_trait_method_keeps_its_order_when_dropped() {
    #[derive(AObject)]
    struct Chain {
        world: World,
        #[aobject(init = world.timed("base", 0, 10).make().await?)]
        _base: Live<Part>,
        #[aobject(init = world.timed("user", 0, 100).make().await?, after(_base))]
        _user: Live<Part>,
    }
    let _counting = REAPER.read().await;
    let world = World::new();
    let chain = Chain::new(world.clone()).await.unwrap().into_inner();
    timeout(millis(10), AObject::close(chain))
        .await
        .unwrap_err();
    let begun = Instant::now();
    assert_eq!(aobject::drain(LIMIT).await.pending, 0);
    assert_eq!((begun.elapsed(), world.live().len()), (millis(100), 0));
    assert_eq!(
        world.log()[4..],
        [
            "  0 close user",
            "100 closed user",
            "100 close base",
            "110 closed base"
        ]
    );
}

/// An argument converted from a borrow does not make the start borrow.
#[tokio::test]
async fn a_start_does_not_borrow_the_argument_it_converted() {
    #[derive(AObject)]
    struct Named {
        #[aobject(into)]
        name: String,
    }
    let new = {
        let name = "short-lived".to_owned();
        Named::new(name.as_str()).boxed()
    };
    let named = tokio::spawn(new).await.unwrap().unwrap();
    assert_eq!(named.name, "short-lived");
    named.close().await.unwrap();
}
