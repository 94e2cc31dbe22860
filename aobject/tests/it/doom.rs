//! Once a failure is known, nothing new begins in that start, and its siblings are dropped.

use std::time::Duration;

use aobject::{AObject, BoxError, Live};
use tokio::time::{Instant, sleep};

use crate::world::{Part, World};

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
