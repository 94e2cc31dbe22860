//! Once a failure is known, nothing new begins in that start, and its siblings are dropped.

use std::time::Duration;

use aobject::{AObject, BoxError, Error, ErrorKind, Live};
use futures_util::future::join;
use tokio::time::{Instant, sleep};

use crate::quiet;
use crate::world::{Fault, Part, Step, World, yield_once};

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// Fails at 2 s. Its rollback ends at 7 s.
#[derive(AObject)]
struct Left {
    world: World,
    #[aobject(init = world.timed("slow to close", 0, 5000).make().await?)]
    _slow: Live<Part>,
    #[aobject(init = {
        sleep(seconds(2)).await;
        return Err(BoxError::from("disk full"));
    })]
    _fails: (),
}

/// Would make its first field at 2.5 s and then begin the next.
#[derive(AObject)]
struct Right {
    world: World,
    #[aobject(init = world.timed("made early", 0, 100).make().await?)]
    _early: Live<Part>,
    #[aobject(init = sleep(Duration::from_millis(2500)).await, after(_early))]
    _wait: (),
    #[aobject(init = world.timed("of the right", 0, 0).make().await?, after(_wait))]
    _next: Live<Part>,
}

#[derive(AObject)]
struct Both {
    world: World,
    #[aobject(init = Left::new(world.clone()).await?)]
    _left: Live<Left>,
}

#[derive(AObject)]
struct Parent {
    world: World,
    #[aobject(init = Both::new(world.clone()).await?)]
    _both: Live<Both>,
    #[aobject(init = Right::new(world.clone()).await?)]
    _right: Live<Right>,
    #[aobject(init = sleep(seconds(3)).await)]
    _wait: (),
    #[aobject(init = world.timed("of the parent", 0, 0).make().await?, after(_wait))]
    _own: Live<Part>,
}

/// P3: at every depth.
#[tokio::test(start_paused = true)]
async fn a_start_begins_nothing_new_after_a_failure() {
    let world = World::new();
    let start = Instant::now();
    let error = Parent::new(world.clone()).await.unwrap_err();
    assert_eq!(error.path(), "Parent._both._left._fails");
    assert_eq!(start.elapsed(), seconds(7), "the rollback is awaited");
    assert_eq!(world.counts("of the right"), (0, 0));
    assert_eq!(world.counts("of the parent"), (0, 0));
    assert_eq!(world.counts("made early"), (1, 1));
    assert_eq!(world.live(), [""; 0]);
}

/// P3: the sibling closes while the rollback of the failed field is still running.
#[tokio::test(start_paused = true)]
async fn siblings_are_dropped_as_soon_as_the_failure_is_known() {
    let world = World::new();
    let start = Parent::new(world.clone());
    tokio::pin!(start);
    let early = tokio::time::timeout(seconds(3), start.as_mut()).await;
    assert!(early.is_err());
    assert_eq!(world.counts("made early"), (1, 1), "closed at 2.1 s");
    assert_eq!(world.counts("slow to close"), (1, 0));
    start.await.unwrap_err();
    assert_eq!(world.live(), [""; 0]);
}

/// Both are polled by one task, one behind the other.
#[tokio::test(start_paused = true)]
async fn a_failure_does_not_touch_a_start_beside_it() {
    let [failing, healthy] = [World::new(), World::new()];
    let starts = join(Both::new(failing.clone()), Right::new(healthy.clone()));
    let (both, right) = tokio::time::timeout(seconds(10), starts).await.unwrap();
    assert_eq!(both.unwrap_err().path(), "Both._left._fails");
    assert_eq!(healthy.counts("of the right"), (1, 0));
    right.unwrap().close().await.unwrap();
    assert_eq!(failing.live(), [""; 0]);
}

#[derive(AObject)]
struct WithFallback {
    world: World,
    #[aobject(init = match Left::new(world.clone()).await {
        Ok(_) => None,
        Err(_) => Some(world.timed("fallback", 0, 0).make().await?),
    })]
    fallback: Option<Live<Part>>,
    #[aobject(init = sleep(seconds(3)).await)]
    _wait: (),
    #[aobject(init = world.timed("of the parent", 0, 0).make().await?, after(_wait))]
    _own: Live<Part>,
}

/// D08: a failure that an `init` handles is not a failure of the start.
#[tokio::test(start_paused = true)]
async fn a_failure_handled_by_an_init_drops_no_sibling() {
    let world = World::new();
    let start = Instant::now();
    let object = WithFallback::new(world.clone()).await.unwrap();
    assert_eq!(start.elapsed(), seconds(7));
    assert!(object.fallback.is_some());
    assert_eq!(world.counts("of the parent"), (1, 0));
    object.close().await.unwrap();
    assert_eq!(world.live(), [""; 0]);
}

struct ByHand;

impl AObject for ByHand {
    type Seed = World;

    async fn init(world: World) -> Result<Self, BoxError> {
        drop(Left::new(world).await);
        Ok(ByHand)
    }
}

#[derive(AObject)]
struct OfHands {
    world: World,
    #[aobject(init = ByHand::start(world.clone()).await?)]
    _by_hand: Live<ByHand>,
    #[aobject(init = sleep(seconds(3)).await)]
    _wait: (),
}

/// The same for a failure that a hand-written init handles deeper in the graph.
#[tokio::test(start_paused = true)]
async fn a_failure_handled_by_a_hand_written_init_drops_no_sibling() {
    let world = World::new();
    OfHands::new(world.clone())
        .await
        .unwrap()
        .close()
        .await
        .unwrap();
    assert_eq!(world.live(), [""; 0]);
}

#[derive(AObject)]
struct WithDeepFallback {
    world: World,
    #[aobject(init = Both::new(world.clone()).await.is_err())]
    handled: bool,
    #[aobject(init = sleep(seconds(3)).await)]
    _wait: (),
    #[aobject(init = world.timed("of the parent", 0, 0).make().await?, after(_wait))]
    _own: Live<Part>,
}

/// D08: also if what failed was certain to pass its own error on.
#[tokio::test(start_paused = true)]
async fn a_failure_of_a_whole_graph_that_an_init_handles_drops_no_sibling() {
    let world = World::new();
    let start = Instant::now();
    let object = WithDeepFallback::new(world.clone()).await.unwrap();
    assert_eq!(start.elapsed(), seconds(7));
    assert!(object.handled);
    assert_eq!(world.counts("of the parent"), (1, 0));
    object.close().await.unwrap();
    assert_eq!(world.live(), [""; 0]);
}

struct Endless;

impl AObject for Endless {
    type Seed = ();

    async fn init((): ()) -> Result<Self, BoxError> {
        std::future::pending().await
    }
}

/// A rollback has no limit, but a start beside it has.
#[tokio::test(start_paused = true)]
async fn a_failure_beside_a_start_does_not_suspend_the_limit_of_that_start() {
    let world = World::new();
    let begun = Instant::now();
    let limited = async {
        let error = Endless::start(()).timeout(seconds(4)).await.unwrap_err();
        (error.kind(), begun.elapsed())
    };
    let (failed, limited) = join(Both::new(world.clone()), limited).await;
    assert_eq!(limited, (ErrorKind::TimedOut, seconds(4)));
    assert_eq!(failed.unwrap_err().path(), "Both._left._fails");
    assert_eq!(begun.elapsed(), seconds(7));
}

/// P4: the close of a sibling ends long before the rollback, and is not looked at again.
#[tokio::test(start_paused = true)]
async fn the_error_of_a_sibling_that_was_given_up_is_related() {
    quiet();
    let world = World::new().with_fault("made early", Step::Close, Fault::Error);
    // Polls the start again at 3 s.
    let (started, ()) = join(Parent::new(world.clone()), sleep(seconds(3))).await;
    let error = started.unwrap_err();
    let related: Vec<_> = error.related().iter().map(Error::path).collect();
    assert_eq!(related, ["Parent._right._early"]);
}

async fn yield_times(times: usize) {
    for _ in 0..times {
        yield_once().await;
    }
}

/// Takes long to close.
struct Lingering;

impl AObject for Lingering {
    type Seed = ();

    async fn init((): ()) -> Result<Self, BoxError> {
        Ok(Lingering)
    }

    async fn close(self) -> Result<(), BoxError> {
        yield_times(50).await;
        Ok(())
    }
}

/// While it closes, there is always an object that starts.
struct Restless;

impl AObject for Restless {
    type Seed = ();

    async fn init((): ()) -> Result<Self, BoxError> {
        Ok(Restless)
    }

    async fn close(self) -> Result<(), BoxError> {
        #[derive(AObject)]
        struct Short {
            #[aobject(init = yield_once().await)]
            _field: (),
        }
        for _ in 0..40 {
            Short::new().await?.close().await?;
        }
        Ok(())
    }
}

#[derive(AObject)]
struct Fails {
    #[aobject(init = Lingering::start(()).await?)]
    _lingering: Live<Lingering>,
    #[aobject(init = { yield_times(5).await; Err("disk full")? })]
    _fails: (),
}

#[derive(AObject)]
struct BesideIt {
    #[aobject(init = Restless::start(()).await?)]
    _restless: Live<Restless>,
    #[aobject(init = std::future::pending().await)]
    _never: (),
}

#[derive(AObject)]
struct GivesUp {
    #[aobject(init = Fails::new().await?)]
    _fails: Live<Fails>,
    #[aobject(init = BesideIt::new().await?)]
    _beside: Live<BesideIt>,
}

#[derive(AObject)]
struct OfRestless {
    world: World,
    #[aobject(init = GivesUp::new().await?)]
    _child: Live<GivesUp>,
    #[aobject(init = yield_times(10).await)]
    _wait: (),
    #[aobject(init = world.part("of the parent", &[]).make().await?, after(_wait))]
    _own: Live<Part>,
}

/// P3: a start in the close of a sibling says nothing about the start that failed.
#[tokio::test]
async fn nothing_new_begins_while_the_close_of_a_given_up_sibling_starts_objects() {
    let world = World::new();
    let error = OfRestless::new(world.clone()).await.unwrap_err();
    assert_eq!(error.path(), "OfRestless._child._fails._fails");
    assert_eq!(world.counts("of the parent"), (0, 0));
}
