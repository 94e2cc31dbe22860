//! Starts that are cancelled by a drop or by a limit.

use std::future::{Future, pending};
use std::pin::Pin;
use std::time::Duration;

use aobject::{AObject, BoxError, BoxNew, Error, ErrorKind, Live, Scope};
use futures_util::FutureExt;
use tokio::time::{Instant, sleep, timeout};
use tokio_test::{assert_pending, task};

use crate::world::{Fault, Part, Step, World, line};
use crate::{REAPER, quiet};

const LIMIT: Duration = Duration::from_secs(20);

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Makes `base`, drops an object that may use it, and never completes.
struct Fickle {
    _base: Live<Part>,
}

impl AObject for Fickle {
    type Seed = World;

    async fn init(world: World) -> Result<Self, BoxError> {
        let base = world.timed("base", 0, 10).make().await?;
        drop(world.timed("given up", 0, 50).make().await?);
        pending::<()>().await;
        Ok(Self { _base: base })
    }
}

const IN_ORDER: [&str; 4] = [
    "  0 close given up",
    " 50 closed given up",
    " 50 close base",
    " 60 closed base",
];

/// P2: the object that the init dropped may use the object that it made.
#[tokio::test(start_paused = true)]
async fn a_dropped_start_closes_its_objects_after_those_it_had_dropped() {
    let _counting = REAPER.read().await;
    let world = World::new();
    timeout(millis(5), Fickle::start(world.clone()))
        .await
        .unwrap_err();
    assert_eq!(aobject::drain(LIMIT).await.pending, 0);
    assert_eq!(world.log()[4..], IN_ORDER);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_body_closes_its_objects_after_those_it_had_dropped() {
    let _counting = REAPER.read().await;
    let world = World::new();
    let body = aobject::scope(async |scope: &mut Scope| -> Result<(), BoxError> {
        let _base = scope.enter(world.timed("base", 0, 10).start()).await?;
        drop(world.timed("given up", 0, 50).make().await?);
        pending().await
    });
    timeout(millis(5), body).await.unwrap_err();
    assert_eq!(aobject::drain(LIMIT).await.pending, 0);
    assert_eq!(world.log()[4..], IN_ORDER);
}

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("injected");
    }
}

/// Overruns its limit, and panics when it is dropped for that.
struct Overdue;

impl AObject for Overdue {
    type Seed = ();

    async fn init((): ()) -> Result<Self, BoxError> {
        let _bomb = Bomb;
        pending().await
    }
}

fn paths_and_kinds(error: &Error) -> Vec<(&str, ErrorKind)> {
    std::iter::once(error)
        .chain(error.related())
        .map(|error| (error.path(), error.kind()))
        .collect()
}

/// P6.
#[tokio::test(start_paused = true)]
async fn a_panic_in_the_drop_of_an_overdue_init_is_related() {
    quiet();
    let error = Overdue::start(()).timeout(millis(5)).await.unwrap_err();
    let expected = [
        ("Overdue", ErrorKind::TimedOut),
        ("Overdue", ErrorKind::Panicked),
    ];
    assert_eq!(paths_and_kinds(&error), expected);
    assert_eq!(
        line(&error.related()[0]),
        "init of `Overdue` panicked: injected"
    );
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_the_drop_of_an_overdue_field_is_related() {
    quiet();
    #[derive(AObject)]
    struct Outer {
        #[aobject(init = { let _bomb = Bomb; pending().await }, init_timeout = millis(5))]
        _overdue: (),
    }
    let error = Outer::new().await.unwrap_err();
    let kinds: Vec<_> = paths_and_kinds(&error)
        .into_iter()
        .map(|(_, kind)| kind)
        .collect();
    assert_eq!(error.path(), "Outer._overdue");
    assert_eq!(kinds, [ErrorKind::TimedOut, ErrorKind::Panicked]);
}

#[derive(AObject)]
struct Slow {
    #[aobject(init = sleep(millis(60_000)).await)]
    _slept: (),
}

/// J01.
#[tokio::test(start_paused = true)]
async fn a_limit_survives_boxed() {
    let begun = Instant::now();
    let limited: BoxNew<Slow> = Slow::new().timeout(millis(100)).boxed();
    let error = limited.await.unwrap_err();
    assert_eq!(
        (error.kind(), begun.elapsed()),
        (ErrorKind::TimedOut, millis(100))
    );
}

/// Counted from the first poll, which came before `boxed`.
#[tokio::test(start_paused = true)]
async fn a_running_limit_survives_boxed() {
    let begun = Instant::now();
    let mut limited = task::spawn(Slow::new().timeout(millis(100)).boxed());
    assert_pending!(limited.poll());
    sleep(millis(40)).await;
    let error = limited.into_inner().boxed().await.unwrap_err();
    assert_eq!(
        (error.kind(), begun.elapsed()),
        (ErrorKind::TimedOut, millis(100))
    );
}

/// A future of the library is pending, and nobody polls it.
#[tokio::test]
async fn an_object_dropped_by_a_pending_future_closes_although_nobody_polls_the_future() {
    let _counting = REAPER.read().await;
    for way in 0..3 {
        let world = World::new();
        let body = async {
            drop(world.part("part", &[]).make().await?);
            pending::<Result<(), BoxError>>().await
        };
        let mut unpolled: Pin<Box<dyn Future<Output = ()> + '_>> = match way {
            0 => Box::pin(aobject::scope(async |_: &mut Scope| body.await).map(drop)),
            1 => {
                let outer = world.part("outer", &[]).start();
                Box::pin(outer.with(async |_: &Part| body.await).map(drop))
            }
            _ => Box::pin(Waiting::start(world.clone()).map(drop)),
        };
        while world.counts("part").0 == 0 {
            assert!(futures_util::poll!(&mut unpolled).is_pending());
        }
        while world.counts("part") != (1, 1) {
            tokio::task::yield_now().await;
        }
        drop(unpolled);
        assert_eq!(aobject::drain(LIMIT).await.pending, 0);
        assert_eq!(world.broken(), [""; 0], "way {way}");
    }
}

struct Waiting;

impl AObject for Waiting {
    type Seed = World;

    async fn init(world: World) -> Result<Self, BoxError> {
        drop(world.part("part", &[]).make().await?);
        pending().await
    }
}

/// P2: an object may use another one that was dropped with it.
#[tokio::test(start_paused = true)]
async fn what_an_init_drops_before_it_succeeds_closes_in_order_under_its_name() {
    struct Tidy;
    impl AObject for Tidy {
        type Seed = World;
        async fn init(world: World) -> Result<Self, BoxError> {
            let first = world.timed("first", 0, 50).make().await?;
            let second = world.timed("second", 0, 10).make().await?;
            drop((first, second));
            Ok(Tidy)
        }
    }
    let _counting = REAPER.read().await;
    quiet();
    let world = World::new().with_fault("second", Step::Close, Fault::Error);
    let tidy = Tidy::start(world.clone()).await.unwrap();
    let errors = aobject::drain(LIMIT).await.errors;
    let paths: Vec<_> = errors.iter().map(Error::path).collect();
    assert_eq!(paths, ["Tidy.Part"]);
    assert_eq!(
        world.log()[4..],
        [
            "  0 close first",
            " 50 closed first",
            " 50 close second",
            " 60 closed second"
        ]
    );
    tidy.close().await.unwrap();
}

#[tokio::test]
async fn a_failed_start_that_is_polled_again_says_so() {
    let world = World::new().with_fault("part", Step::Init, Fault::Error);
    let mut start = Box::pin(world.part("part", &[]).start());
    start.as_mut().await.unwrap_err();
    let again = std::panic::AssertUnwindSafe(start).catch_unwind().await;
    let message = again.unwrap_err().downcast::<&str>().unwrap();
    assert_eq!(*message, "init polled after completion");
}
