//! P3: once a failure is known, nothing new begins anywhere in that start.

use std::time::Duration;

use aobject::{AObject, BoxError, ErrorKind, Live, Shared, try_join, try_join_all};
use tokio::time::sleep;

use crate::quiet;
use crate::world::{Fault, Name, Part, Step, World};

pub(crate) const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Makes one part after another. Their names begin with its own. Later parts are slower to make or slower to
/// close.
#[derive(AObject)]
pub(crate) struct Chain {
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
pub(crate) const RIGHT: [Name; 3] = ["r1", "r2", "r3"];

/// Fails at 200 ms. Its rollback takes 500 ms.
pub(crate) fn left(world: &World) -> aobject::BoxNew<Chain> {
    Chain::new(world.clone(), LEFT, [100, 100, 1], 500).boxed()
}

/// Its second part would be made at 250 ms, and its third would begin then.
pub(crate) fn right(world: &World) -> aobject::BoxNew<Chain> {
    Chain::new(world.clone(), RIGHT, [50, 200, 100], 100).boxed()
}

pub(crate) fn failing(fault: Fault) -> World {
    World::new().with_fault("l2", Step::Init, fault)
}

/// Compares the lines of the parts and ignores all others.
pub(crate) fn check(world: &World) {
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

/// The field may do anything with the object afterwards.
#[tokio::test(start_paused = true)]
async fn a_failure_is_known_wherever_in_an_init_its_error_is_passed_on() {
    #[derive(AObject)]
    struct App {
        world: World,
        way: u8,
        #[aobject(init = match *way {
            0 => Vec::from([left(world).await?.share()]),
            1 => {
                let left = left(world).await?;
                vec![left.share()]
            }
            2 => {
                let mut all = Vec::new();
                for start in [left(world)] {
                    all.push(start.await?.share());
                }
                all
            }
            _ => if let left = left(world).await? && true { vec![left.share()] } else { vec![] },
        })]
        _left: Vec<Shared<Chain>>,
        #[aobject(init = right(world).await?)]
        _right: Live<Chain>,
    }
    for way in 0..4 {
        let world = failing(Fault::Error);
        let error = App::new(world.clone(), way).await.unwrap_err();
        assert_eq!(error.path(), "App._left.second");
        check(&world);
    }
}

/// An error that leaves a block or a closure, and stays in the `init`.
#[tokio::test(start_paused = true)]
async fn a_failure_that_leaves_an_inner_block_alone_stops_nothing() {
    #[derive(AObject)]
    struct App {
        world: World,
        #[aobject(init = {
            let caught: Result<_, aobject::Error> = async { Ok(left(world).await?.share()) }.await;
            caught.ok()
        })]
        block: Option<Shared<Chain>>,
        #[aobject(init = {
            let start = async || -> Result<_, aobject::Error> { Ok(left(world).await?.share()) };
            start().await.ok()
        })]
        closure: Option<Shared<Chain>>,
        #[aobject(init = right(world).await?)]
        _right: Live<Chain>,
    }
    let world = failing(Fault::Error);
    let app = App::new(world.clone()).await.unwrap();
    assert!(app.block.is_none() && app.closure.is_none());
    assert_eq!(world.live(), ["r1", "r2", "r3"]);
    app.close().await.unwrap();
}

/// P3: of the siblings too, in a graph and in a join.
#[tokio::test(start_paused = true)]
async fn what_goes_wrong_in_siblings_that_were_given_up_is_related() {
    #[derive(AObject)]
    struct App {
        world: World,
        #[aobject(init = left(world).await?)]
        _left: Live<Chain>,
        #[aobject(init = right(world).await?)]
        _right: Live<Chain>,
    }
    quiet();
    // Closes before the rollback of what failed has ended, and after it.
    for slow in [100, 2000] {
        let failing = || failing(Fault::Error).with_fault("r1", Step::Close, Fault::Error);
        let right = |world: &World| Chain::new(world.clone(), RIGHT, [50, 200, 100], slow).boxed();
        for way in 0..3 {
            let world = failing();
            let error = match way {
                0 => App::new(world.clone()).await.map(drop).unwrap_err(),
                1 => try_join((left(&world), right(&world)))
                    .await
                    .map(drop)
                    .unwrap_err(),
                _ => try_join_all([left(&world), right(&world)])
                    .await
                    .map(drop)
                    .unwrap_err(),
            };
            let related: Vec<_> = error.related().iter().map(aobject::Error::path).collect();
            let path = ["App._right.first", "Chain.first", "Chain[1].first"][way];
            assert_eq!(related, [path], "{error:#}");
            assert_eq!(world.counts("r1"), (1, 1));
        }
    }
}

/// P3: a rollback has no limit, whichever start is limited; the error stays what it was.
#[tokio::test(start_paused = true)]
async fn a_limit_that_runs_out_while_a_part_is_rolled_back_changes_no_error() {
    #[derive(AObject)]
    #[aobject(init_timeout = millis(300))]
    struct OfItsOwn {
        world: World,
        #[aobject(init = left(world).await?)]
        _left: Live<Chain>,
        #[aobject(init = right(world).await?)]
        _right: Live<Chain>,
    }
    #[derive(AObject)]
    struct OfAField {
        world: World,
        #[aobject(init_timeout = millis(300), init = left(world).await?.share())]
        _left: Shared<Chain>,
        #[aobject(init = right(world).await?)]
        _right: Live<Chain>,
    }
    #[derive(AObject)]
    struct OfAJoin {
        world: World,
        #[aobject(init_timeout = millis(300), init = try_join((left(world), right(world))).await?)]
        _both: (Live<Chain>, Live<Chain>),
    }
    #[derive(AObject)]
    struct OfACaller {
        world: World,
        #[aobject(init = OfAField::new(world.clone()).timeout(millis(300)).await?)]
        _child: Live<OfAField>,
    }
    for way in 0..4 {
        let world = failing(Fault::Error);
        let (error, path) = match way {
            0 => {
                let new = OfItsOwn::new(world.clone());
                (new.await.map(drop), "OfItsOwn._left.second")
            }
            1 => {
                let new = OfAField::new(world.clone());
                (new.await.map(drop), "OfAField._left.second")
            }
            2 => {
                let new = OfAJoin::new(world.clone());
                (new.await.map(drop), "OfAJoin._both.second")
            }
            _ => {
                let new = OfACaller::new(world.clone()).timeout(millis(300));
                (new.await.map(drop), "OfACaller._child._left.second")
            }
        };
        let error = error.unwrap_err();
        assert_eq!((error.path(), error.kind()), (path, ErrorKind::Failed));
        assert!(error.related().is_empty(), "{error:#}");
        check(&world);
    }
}
