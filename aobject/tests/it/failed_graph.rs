//! P3: once a failure is known, nothing new begins anywhere in that start.

use std::time::Duration;

use aobject::{AObject, BoxError, ErrorKind, Live};
use tokio::time::sleep;

use crate::quiet;
use crate::world::{Fault, Name, Part, Step, World};

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Makes one part after another. Their names begin with its own. Later parts are slower to make or slower to
/// close.
#[derive(AObject)]
struct Chain {
    world: World,
    names: [Name; 3],
    times: [u64; 3],
    close: u64,
    #[aobject(init = world.timed(names[0], times[0], *close).make().await?)]
    first: Live<Part>,
    #[aobject(init = world.timed(names[1], times[1], *close).make().await?, after(first))]
    second: Live<Part>,
    #[aobject(init = world.timed(names[2], times[2], *close).make().await?, after(second))]
    third: Live<Part>,
}

const LEFT: [Name; 3] = ["l1", "l2", "l3"];
const RIGHT: [Name; 3] = ["r1", "r2", "r3"];

/// Fails at 200 ms. Its rollback takes 500 ms.
fn left(world: &World) -> aobject::BoxNew<Chain> {
    Chain::new(world.clone(), LEFT, [100, 100, 1], 500).boxed()
}

/// Its second part would be made at 250 ms, and its third would begin then.
fn right(world: &World) -> aobject::BoxNew<Chain> {
    Chain::new(world.clone(), RIGHT, [50, 200, 100], 100).boxed()
}

fn failing(fault: Fault) -> World {
    World::new().with_fault("l2", Step::Init, fault)
}

/// Compares the lines of the parts and ignores all others.
fn check(world: &World) {
    let log = world.log();
    let closing = [
        "200 close l1",
        "200 close r1",
        "300 closed r1",
        "700 closed l1",
    ];
    let mut own: Vec<_> = log
        .iter()
        .filter(|line| line.contains("clos"))
        .cloned()
        .collect();
    own.sort_unstable();
    assert_eq!(own, closing, "{log:#?}");
    let late = log
        .iter()
        .filter(|line| line.contains("init") || line.contains("made"));
    let late: Vec<_> = late
        .filter(|line| line[..3].trim().parse::<u64>().unwrap() > 200)
        .collect();
    assert_eq!(late, [""; 0], "{log:#?}");
    assert_eq!(world.broken(), [""; 0]);
}

/// Two objects as siblings, and a field of the parent that would begin at 300 ms.
#[tokio::test(start_paused = true)]
async fn once_a_failure_is_known_nothing_new_begins_and_the_siblings_close() {
    #[derive(AObject)]
    struct App {
        world: World,
        #[aobject(init = left(world).await?)]
        _left: Live<Chain>,
        #[aobject(init = right(world).await?)]
        _right: Live<Chain>,
        #[aobject(init = sleep(millis(300)).await)]
        wait: (),
        #[aobject(init = world.timed("own", 10, 10).make().await?, after(wait))]
        _own: Live<Part>,
    }
    quiet();
    for (fault, kind) in [
        (Fault::Error, ErrorKind::Failed),
        (Fault::Panic, ErrorKind::Panicked),
    ] {
        let world = failing(fault);
        let error = App::new(world.clone()).await.unwrap_err();
        assert_eq!((error.path(), error.kind()), ("App._left.second", kind));
        assert_eq!(
            world.elapsed(),
            millis(700),
            "as long as the longest rollback"
        );
        check(&world);
    }
}

/// The siblings are three levels above the failure, and one of them is nested itself.
#[tokio::test(start_paused = true)]
async fn a_failure_deep_in_a_graph_is_known_at_the_top_at_once() {
    #[derive(AObject)]
    struct Low {
        world: World,
        #[aobject(init = left(world).await?)]
        _left: Live<Chain>,
    }
    #[derive(AObject)]
    struct Middle {
        world: World,
        #[aobject(init = Low::new(world.clone()).await?)]
        _low: Live<Low>,
    }
    #[derive(AObject)]
    struct Other {
        world: World,
        #[aobject(init = right(world).await?)]
        _right: Live<Chain>,
    }
    #[derive(AObject)]
    struct Top {
        world: World,
        #[aobject(init = Middle::new(world.clone()).await?)]
        _middle: Live<Middle>,
        #[aobject(init = Other::new(world.clone()).await?)]
        _other: Live<Other>,
        #[aobject(init = sleep(millis(300)).await)]
        wait: (),
        #[aobject(init = world.timed("own", 10, 10).make().await?, after(wait))]
        _own: Live<Part>,
    }
    let world = failing(Fault::Error);
    let error = Top::new(world.clone()).await.unwrap_err();
    assert_eq!(error.path(), "Top._middle._low._left.second");
    check(&world);
}

/// The failure is a child that overruns its limit.
#[tokio::test(start_paused = true)]
async fn an_overrun_of_a_child_is_known_to_its_siblings() {
    #[derive(AObject)]
    #[aobject(init_timeout = millis(200))]
    struct Late {
        world: World,
        #[aobject(init = world.timed("l1", 100, 500).make().await?)]
        first: Live<Part>,
        #[aobject(init = sleep(millis(60_000)).await, after(first))]
        _never: (),
    }
    #[derive(AObject)]
    struct App {
        world: World,
        #[aobject(init = Late::new(world.clone()).await?)]
        _late: Live<Late>,
        #[aobject(init = right(world).await?)]
        _right: Live<Chain>,
    }
    let world = World::new();
    let error = App::new(world.clone()).await.unwrap_err();
    assert_eq!(
        (error.path(), error.kind()),
        ("App._late._never", ErrorKind::TimedOut)
    );
    check(&world);
}

/// The child is hand-written.
#[tokio::test(start_paused = true)]
async fn a_failure_of_a_hand_written_child_is_known_to_its_siblings() {
    struct ByHand;
    impl AObject for ByHand {
        type Seed = World;
        async fn init(world: World) -> Result<Self, BoxError> {
            let _first = world.timed("l1", 100, 500).make().await?;
            world.timed("l2", 100, 500).make().await?;
            Ok(Self)
        }
    }
    #[derive(AObject)]
    struct App {
        world: World,
        #[aobject(init = ByHand::start(world.clone()).await?)]
        _left: Live<ByHand>,
        #[aobject(init = right(world).await?)]
        _right: Live<Chain>,
    }
    let world = failing(Fault::Error);
    let error = App::new(world.clone()).await.unwrap_err();
    assert!(error.path().starts_with("App._left"), "{error:#}");
    check(&world);
}

/// A handled failure is not a failure of the graph. The fallback and the siblings start.
#[tokio::test(start_paused = true)]
async fn a_failure_that_an_init_answers_with_a_fallback_stops_nothing() {
    #[derive(AObject)]
    struct App {
        world: World,
        #[aobject(init = match left(world).await {
            Ok(made) => made,
            Err(_) => Chain::new(world.clone(), ["f1", "f2", "f3"], [1; 3], 1).await?,
        })]
        _left: Live<Chain>,
        #[aobject(init = right(world).await?)]
        _right: Live<Chain>,
    }
    let world = failing(Fault::Error);
    let app = App::new(world.clone()).await.unwrap();
    assert_eq!(world.live(), ["f1", "f2", "f3", "r1", "r2", "r3"]);
    app.close().await.unwrap();
    assert_eq!(world.broken(), [""; 0]);
}
