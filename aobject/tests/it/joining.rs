//! Several objects made concurrently, all or none.

use std::time::Duration;

use aobject::{Close, Error, JoinTuple, Live, TryJoin, try_join, try_join_all};
use tokio::time::Instant;
use tokio_test::task;

use crate::world::{Fault, Name, Part, Step, World, line};
use crate::{REAPER, quiet};

const LIMIT: Duration = Duration::from_secs(20);
const NAMES: [Name; 4] = ["a", "b", "c", "d"];

/// F01.
#[tokio::test(start_paused = true)]
async fn all_start_concurrently() {
    let world = World::new();
    let begun = Instant::now();
    let made = try_join((
        world.timed("a", 10, 1).start(),
        world.timed("b", 30, 1).start(),
        world.timed("c", 20, 1).start(),
    ));
    let (a, b, c): (Live<Part>, Live<Part>, Live<Part>) = made.await.unwrap();
    assert_eq!(begun.elapsed(), Duration::from_millis(30));
    assert_eq!(format!("{:?}", *b), "Part { spec: b }");
    (a, b, c).close().await.unwrap();
    assert_eq!(begun.elapsed(), Duration::from_millis(31));
}

#[tokio::test(start_paused = true)]
async fn starts_that_were_never_polled_leave_nothing_to_be_closed() {
    let _alone = REAPER.write().await;
    let world = World::new();
    drop(try_join((
        world.part("a", &[]).start(),
        world.part("b", &[]).start(),
    )));
    let members = NAMES.map(|name| world.part(name, &[]).start());
    drop(try_join_all(members));
    let drained = aobject::drain(LIMIT).await;
    assert_eq!((drained.closed, drained.pending), (0, 0));
}

/// The name says what the future resolves to, for any tuple.
#[tokio::test(start_paused = true)]
async fn a_function_can_return_the_future_of_any_tuple() {
    struct Held<S: JoinTuple>(TryJoin<S>);
    fn held<S: JoinTuple>(starts: S) -> Held<S> {
        Held(try_join(starts))
    }
    async fn made<S: JoinTuple>(starts: S) -> Result<S::Made, Error> {
        held(starts).0.await
    }
    let world = World::new();
    let starts = (world.part("a", &[]).start(), world.part("b", &[]).start());
    let both: (Live<Part>, Live<Part>) = made(starts).await.unwrap();
    both.close().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_objects_of_a_list_are_returned_in_its_order() {
    let world = World::new();
    let parts = NAMES
        .into_iter()
        .zip([4, 3, 2, 1])
        .map(|(name, millis)| world.timed(name, millis, 1).start());
    let made = try_join_all(parts).await.unwrap();
    assert_eq!(
        format!(
            "{:?}",
            made.iter().map(std::ops::Deref::deref).collect::<Vec<_>>()
        ),
        format!("{:?}", NAMES.map(PartName))
    );
    made.close().await.unwrap();
    assert!(
        try_join_all(std::iter::empty::<aobject::BoxNew<Part>>())
            .await
            .unwrap()
            .is_empty()
    );
}

struct PartName(Name);
impl std::fmt::Debug for PartName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Part {{ spec: {} }}", self.0)
    }
}

/// P3: starts in flight are rolled back first, concurrently. Then the made objects close, and the error is
/// returned.
#[tokio::test(start_paused = true)]
async fn when_one_start_fails_the_others_are_closed_before_the_error_is_returned() {
    let world = World::new()
        .with_fault("c", Step::Init, Fault::Error)
        .with_fault("a", Step::Close, Fault::Error);
    // Each is an object that contains a part, so that the starts in flight have something to roll back.
    let start = |name: Name, after: u64| Wrap::new(world.clone(), name, after).boxed();
    let error = try_join_all([
        start("a", 0),
        start("b", 0),
        start("c", 5),
        start("d", 1000),
    ])
    .await
    .unwrap_err();
    assert_eq!(
        line(&error),
        "init of `Wrap[2].part` failed (and 1 more error): injected into c"
    );
    assert_eq!(error.related()[0].path(), "Wrap[0].part");
    let closing: Vec<_> = world
        .log()
        .into_iter()
        .filter(|line| line.contains("close"))
        .collect();
    assert_eq!(
        closing,
        [
            "  6 close d",
            " 16 closed d",
            " 16 close a",
            " 16 close b",
            " 26 closed a",
            " 26 closed b"
        ]
    );
    assert_eq!(world.broken(), [""; 0]);
}

#[derive(aobject::AObject)]
struct Wrap {
    world: World,
    name: Name,
    wait: u64,
    #[aobject(init = world.timed(name, 1, 10).make_after(name, "c", *wait).await?)]
    part: Live<Part>,
    #[aobject(init = tokio::time::sleep(Duration::from_millis(*wait)).await, after(part))]
    _waited: (),
}

impl crate::world::Spec {
    /// One of them is late.
    async fn make_after(self, name: Name, late: Name, wait: u64) -> Result<Live<Part>, Error> {
        if name == late {
            tokio::time::sleep(Duration::from_millis(wait)).await;
        }
        self.make().await
    }
}

/// P2: after any number of polls, every made object is closed once.
#[tokio::test]
async fn a_dropped_join_closes_the_made_objects() {
    let _counting = REAPER.read().await;
    for fail in [false, true] {
        for polls in 0..8 {
            let world = World::new();
            let world = if fail {
                world.with_fault("b", Step::Init, Fault::Error)
            } else {
                world
            };
            let mut join = task::spawn(try_join((
                world.part("a", &[]).start(),
                world.part("b", &[]).start(),
            )));
            let ended = (0..polls).find_map(|_| match join.poll() {
                std::task::Poll::Ready(made) => Some(made),
                std::task::Poll::Pending => None,
            });
            drop(join);
            drop(ended);
            quiet();
            aobject::drain(LIMIT).await;
            assert_eq!(world.broken(), [""; 0], "after {polls} polls");
        }
    }
}

/// The join has received an error and is dropped during its rollback. The background reports the error.
#[tokio::test]
async fn the_error_of_a_join_dropped_in_its_rollback_is_reported() {
    let _counting = REAPER.read().await;
    quiet();
    let world = World::new().with_fault("b", Step::Init, Fault::Error);
    let mut join = task::spawn(try_join((
        world.part("a", &[]).start(),
        world.part("b", &[]).start(),
    )));
    while world.events().last().map(String::as_str) != Some("close a") {
        assert!(join.poll().is_pending());
    }
    drop(join);
    let drained = aobject::drain(LIMIT).await;
    assert_eq!(drained.errors.len(), 1);
    assert_eq!(
        line(&drained.errors[0]),
        "init of `Part` failed: injected into b"
    );
    assert_eq!(world.broken(), [""; 0]);
}

/// Two at once, in order. Then the rest, each one when another ends.
#[tokio::test(start_paused = true)]
async fn no_more_starts_than_the_limit_run_at_once() {
    let world = World::new();
    let parts = NAMES
        .into_iter()
        .zip([10, 30, 10, 20])
        .map(|(name, millis)| world.timed(name, millis, 1).start());
    let made = try_join_all(parts).limit(2).await.unwrap();
    assert_eq!(
        world.log(),
        [
            "  0 init a",
            "  0 init b",
            " 10 made a",
            " 10 init c",
            " 20 made c",
            " 20 init d",
            " 30 made b",
            " 40 made d",
        ]
    );
    let names: Vec<_> = made.iter().map(|part| format!("{:?}", **part)).collect();
    assert_eq!(names, NAMES.map(|name| format!("{:?}", PartName(name))));
    made.close().await.unwrap();
}

#[tokio::test]
async fn a_limit_of_zero_is_a_limit_of_one() {
    let world = World::new();
    let parts = ["a", "b"].map(|name| world.part(name, &[]).start());
    let made = try_join_all(parts).limit(0).await.unwrap();
    assert_eq!(world.events(), ["init a", "made a", "init b", "made b"]);
    made.close().await.unwrap();
}

/// P3: once a failure is known, nothing new starts.
#[tokio::test(start_paused = true)]
async fn under_a_limit_a_failure_prevents_further_starts_and_keeps_its_index() {
    let world = World::new().with_fault("c", Step::Init, Fault::Error);
    let start = |name: Name| Wrap::new(world.clone(), name, 0).boxed();
    let error = try_join_all(NAMES.map(start)).limit(1).await.unwrap_err();
    assert_eq!(error.path(), "Wrap[2].part");
    assert_eq!(world.counts("d"), (0, 0));
    assert!(!world.events().contains(&"init d".to_owned()));
    assert_eq!(world.broken(), [""; 0]);
}

/// A start that waits for its turn is not in flight.
#[tokio::test(start_paused = true)]
async fn a_limited_join_that_overruns_names_the_starts_in_flight() {
    #[derive(aobject::AObject)]
    struct Shards {
        world: World,
        #[aobject(
            init_timeout = Duration::from_millis(15),
            init = try_join_all(NAMES.map(|name| Wrap::new(world.clone(), name, 20).boxed())).limit(2).await?
        )]
        shards: Vec<Live<Wrap>>,
    }
    let world = World::new();
    let error = Shards::new(world.clone()).await.unwrap_err();
    let report = format!("{error:#}");
    for (index, had_begun) in [true, true, false, false].into_iter().enumerate() {
        let path = format!("`Shards.shards[{index}]._waited`");
        assert_eq!(report.contains(&path), had_begun, "{report}");
    }
    assert_eq!(report.lines().count(), 2, "{report}");
    assert_eq!(world.broken(), [""; 0]);
}

/// P2: after any number of polls. The arguments of a start that never began are closed too.
#[tokio::test]
async fn a_dropped_join_under_a_limit_closes_made_objects_and_arguments() {
    #[derive(aobject::AObject)]
    struct Owner {
        _given: Live<Part>,
        world: World,
        name: Name,
        #[aobject(init = world.part(name, &[]).make().await?)]
        part: Live<Part>,
    }
    let _counting = REAPER.read().await;
    quiet();
    let mut ended = false;
    for polls in 0.. {
        let world = World::new();
        let mut owners = Vec::new();
        for (given, name) in [("x", "a"), ("y", "b"), ("z", "c")] {
            let given = world.part(given, &[]).make().await.unwrap();
            owners.push(Owner::new(given, world.clone(), name));
        }
        let mut join = task::spawn(try_join_all(owners).limit(1));
        for _ in 0..polls {
            ended |= join.poll().is_ready();
            if ended {
                break;
            }
        }
        drop(join);
        aobject::drain(LIMIT).await;
        assert_eq!(world.broken(), [""; 0], "after {polls} polls");
        if ended {
            break;
        }
    }
}

#[tokio::test]
async fn ten_thousand_start_concurrently() {
    let world = World::new();
    let made = try_join_all((0..10_000).map(|_| world.part("many", &[]).start()))
        .await
        .unwrap();
    assert_eq!(made.len(), 10_000);
    made.close().await.unwrap();
    assert_eq!(world.counts("many"), (10_000, 10_000));
}

#[tokio::test]
async fn joins_work_in_spawned_tasks() {
    let world = World::new();
    tokio::spawn(async move {
        let made = try_join((world.part("a", &[]).start(), world.part("b", &[]).start())).await?;
        made.close().await?;
        let made = try_join_all(NAMES.map(|name| world.part(name, &[]).start()))
            .limit(2)
            .await?;
        made.close().await
    })
    .await
    .unwrap()
    .unwrap();
}
