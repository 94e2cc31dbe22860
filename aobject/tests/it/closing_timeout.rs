//! A limit on a close, chosen by the caller.

use std::time::Duration;

use aobject::{AObject, BoxError, Close, Error, ErrorKind, Live, Phase, Shared};
use tokio::time::Instant;

use crate::world::{Fault, Part, Step, World};
use crate::{REAPER, quiet};

const LIMIT: Duration = Duration::from_secs(20);

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Checks the state after a close that overran at 50 ms and completed at 300 ms.
async fn check_overrun(begun: Instant, world: &World, error: &Error, path: &str) {
    assert_eq!(
        (error.kind(), error.phase()),
        (ErrorKind::TimedOut, Phase::Close)
    );
    assert_eq!((error.path(), begun.elapsed()), (path, millis(50)));
    let drained = aobject::drain(LIMIT).await;
    assert_eq!((drained.pending, drained.errors.len()), (0, 0));
    assert_eq!((world.broken(), begun.elapsed()), (vec![], millis(300)));
}

#[tokio::test(start_paused = true)]
async fn a_close_that_overruns_its_caller_s_limit_continues_in_the_background() {
    let _counting = REAPER.read().await;
    let world = World::new();
    let part = world.timed("part", 0, 300).make().await.unwrap();
    let begun = Instant::now();
    let error = part.close().timeout(millis(50)).await.unwrap_err();
    check_overrun(begun, &world, &error, "Part").await;
}

#[tokio::test(start_paused = true)]
async fn a_close_within_its_caller_s_limit_returns_its_usual_result() {
    let world = World::new().with_fault("part", Step::Close, Fault::Error);
    for limit in [millis(20), Duration::MAX] {
        let part = world.timed("part", 0, 10).make().await.unwrap();
        let begun = Instant::now();
        let error = part.close().timeout(limit).await.unwrap_err();
        assert_eq!(
            (error.kind(), begun.elapsed()),
            (ErrorKind::Failed, millis(10))
        );
    }
}

/// Takes a limit from the configuration and applies it in its own close.
struct Careful<C> {
    limit: Duration,
    used: C,
}

impl<T: AObject> Close for Careful<Live<T>> {
    async fn close(self) -> Result<(), Error> {
        self.used.close().timeout(self.limit).await
    }
}

impl<T: AObject + Sync> Close for Careful<Shared<T>> {
    async fn close(self) -> Result<(), Error> {
        self.used.close().timeout(self.limit).await
    }
}

/// A `tokio::time::timeout` in the same place would take as long as the close.
#[tokio::test(start_paused = true)]
async fn a_limit_works_inside_another_object_s_close() {
    let _counting = REAPER.read().await;
    #[derive(AObject)]
    struct App {
        world: World,
        #[aobject(init = Careful {
            limit: millis(50),
            used: world.timed("part", 0, 300).make().await?,
        })]
        _careful: Careful<Live<Part>>,
    }
    let world = World::new();
    let app = App::new(world.clone()).await.unwrap();
    let begun = Instant::now();
    let error = app.close().await.unwrap_err();
    check_overrun(begun, &world, &error, "App._careful").await;
}

/// The same in a `close` expression, in a hand-written close, and three levels deep.
#[tokio::test(start_paused = true)]
async fn a_limit_works_in_every_kind_of_close() {
    #[derive(AObject)]
    struct ByExpression {
        world: World,
        #[aobject(
            init = world.timed("part", 0, 300).make().await?,
            close = part.close().timeout(millis(50)).await
        )]
        part: Live<Part>,
    }
    struct ByHand(Live<Part>);
    impl AObject for ByHand {
        type Seed = World;
        async fn init(world: World) -> Result<Self, BoxError> {
            Ok(Self(world.timed("part", 0, 300).make().await?))
        }
        async fn close(self) -> Result<(), BoxError> {
            Ok(self.0.close().timeout(millis(50)).await?)
        }
    }
    #[derive(AObject)]
    struct Deep {
        world: World,
        #[aobject(init = ByHand::start(world.clone()).await?)]
        _middle: Live<ByHand>,
    }
    let _counting = REAPER.read().await;
    let (begun, world) = (Instant::now(), World::new());
    let object = ByExpression::new(world.clone()).await.unwrap();
    let error = object.close().await.unwrap_err();
    check_overrun(begun, &world, &error, "ByExpression.part").await;

    let (begun, world) = (Instant::now(), World::new());
    let object = Deep::new(world.clone()).await.unwrap();
    let error = object.close().await.unwrap_err();
    assert!(error.path().starts_with("Deep._middle"), "{error:#}");
    let path = error.path().to_owned();
    check_overrun(begun, &world, &error, &path).await;
}

/// J06: two closes run concurrently, each with its own limit. A third close has no limit and takes its time.
#[tokio::test(start_paused = true)]
async fn limits_of_several_callers_are_independent() {
    let _counting = REAPER.read().await;
    let world = World::new();
    let closing = |name, limit| {
        let part = world.timed(name, 0, 300).start();
        async move {
            let part = part.await.unwrap();
            let begun = Instant::now();
            let closed = match limit {
                Some(limit) => part.close().timeout(millis(limit)).await,
                None => part.close().await,
            };
            (closed.is_ok(), begun.elapsed())
        }
    };
    let ended = tokio::join!(
        closing("a", Some(50)),
        closing("b", Some(100)),
        closing("c", None),
    );
    let expected = (
        (false, millis(50)),
        (false, millis(100)),
        (true, millis(300)),
    );
    assert_eq!(ended, expected);
    aobject::drain(LIMIT).await;
    assert_eq!(world.broken(), [""; 0]);
}

/// One of several waiters of a shared close sets a limit. It applies to that waiter only.
#[tokio::test(start_paused = true)]
async fn one_waiter_s_limit_does_not_apply_to_the_others() {
    let _counting = REAPER.write().await;
    let world = World::new();
    let part = world.timed("part", 0, 300).make().await.unwrap().share();
    let (patient, hasty) = (
        part.clone().close(),
        part.clone().close().timeout(millis(50)),
    );
    drop(part);
    let begun = Instant::now();
    let patient = async { (patient.await, begun.elapsed()) };
    let hasty = async { (hasty.await.unwrap_err().kind(), begun.elapsed()) };
    let (patient, hasty) = tokio::join!(patient, hasty);
    assert_eq!(hasty, (ErrorKind::TimedOut, millis(50)));
    assert!(patient.0.is_ok());
    assert_eq!((patient.1, world.broken()), (millis(300), vec![]));
}

/// Dropped before its limit, it behaves like any close.
#[tokio::test(start_paused = true)]
async fn a_dropped_close_with_a_limit_finishes_in_the_background() {
    let _counting = REAPER.read().await;
    quiet();
    for polled in [false, true] {
        let world = World::new();
        let part = world.timed("part", 0, 300).make().await.unwrap();
        let closing = part.close().timeout(millis(50));
        if polled {
            tokio::time::timeout(millis(10), closing).await.unwrap_err();
        } else {
            drop(closing);
        }
        let drained = aobject::drain(LIMIT).await;
        assert_eq!(
            (drained.pending, drained.errors.len()),
            (0, 0),
            "{drained:?}"
        );
        assert_eq!(world.broken(), [""; 0]);
    }
}
