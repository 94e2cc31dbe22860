//! The drop ladder: drops a future after k polls, for every k, with a fault injected at every step.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use aobject::{AObject, BoxError, Live, Phase};
use tokio_test::task;

use crate::quiet;
use crate::world::{Fault, Foreign, Name, Part, Step, World, line, yield_once};

/// A nested derived object: a chain of two.
#[derive(AObject)]
struct Nested {
    world: World,
    #[aobject(init = world.part("nested.a", &["lone"]).make().await?)]
    a: Live<Part>,
    #[aobject(init = world.part("nested.b", &["nested.a"]).make().await?, after(a))]
    b: Live<Part>,
}

/// A hand-written object that makes two others and closes them by its own rules.
struct Manual {
    first: Live<Part>,
    second: Live<Part>,
}

impl AObject for Manual {
    type Seed = World;

    async fn init(world: World) -> Result<Self, BoxError> {
        let first = world.part("manual.first", &["db"]).make().await?;
        // Dropped during the init, so it closes in the background, but before any error is returned.
        drop(world.part("manual.draft", &[]).make().await?);
        yield_once().await;
        let second = world
            .part("manual.second", &["manual.first"])
            .make()
            .await?;
        yield_once().await;
        Ok(Manual { first, second })
    }

    async fn close(self) -> Result<(), BoxError> {
        yield_once().await;
        // An error of the second close must not prevent the first one.
        let second = self.second.close().await;
        let first = self.first.close().await;
        Ok(second.and(first)?)
    }
}

/// Chains, a diamond, independent branches, a nested derived object, a hand-written object, a foreign object, and
/// hooks.
#[derive(AObject)]
#[aobject(init = Self::ready, close = Self::quiesce)]
struct Graph {
    world: World,
    #[aobject(init = world.part("config", &[]).make().await?)]
    config: Live<Part>,
    #[aobject(init = world.part("db", &["config"]).make().await?, after(config))]
    db: Live<Part>,
    #[aobject(init = world.part("left", &["db"]).make().await?, after(db))]
    left: Live<Part>,
    #[aobject(init = world.part("right", &["db"]).make().await?, after(db))]
    right: Live<Part>,
    #[aobject(init = { let _ = (left, right); world.part("join", &["left", "right"]).make().await? })]
    join: Live<Part>,
    #[aobject(init = world.part("lone", &[]).make().await?)]
    lone: Live<Part>,
    #[aobject(init = Nested::new(world.clone()).await?, after(lone))]
    nested: Live<Nested>,
    #[aobject(init = Manual::start(world.clone()).await?, after(db))]
    manual: Live<Manual>,
    #[aobject(
        init = Foreign::connect(world.part("foreign", &["config"])).await?,
        close = foreign.disconnect().await,
        after(config)
    )]
    foreign: Foreign,
}

const PARTS: [Name; 11] = [
    "config",
    "db",
    "left",
    "right",
    "join",
    "lone",
    "nested.a",
    "nested.b",
    "manual.first",
    "manual.second",
    "foreign",
];

impl Graph {
    async fn ready(&mut self) -> Result<(), BoxError> {
        yield_once().await;
        yield_once().await;
        self.world.end("graph", Step::Init)?;
        self.world.made("graph", &PARTS);
        Ok(())
    }

    async fn quiesce(&mut self) -> Result<(), BoxError> {
        self.world.close_begun("graph");
        yield_once().await;
        self.world.closed("graph");
        self.world.end("graph", Step::Close)?;
        Ok(())
    }
}

type Driven<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Polls at most `polls` times, and lets the background run after each poll.
async fn climb<T>(future: Driven<'_, T>, polls: usize) -> Option<T> {
    let mut future = task::spawn(future);
    for _ in 0..polls {
        if let std::task::Poll::Ready(output) = future.poll() {
            return Some(output);
        }
        tokio::task::yield_now().await;
    }
    None
}

/// Waits for the background, and checks that all promises were kept.
async fn settle(world: &World, what: &dyn std::fmt::Debug, polls: usize) {
    let drained = aobject::drain(Duration::from_secs(60)).await;
    assert_eq!(drained.pending, 0, "{what:?} after {polls} polls");
    let broken = world.broken();
    assert!(
        broken.is_empty(),
        "{what:?} after {polls} polls: {broken:#?}\n{:#?}",
        world.log()
    );
}

/// No fault, then a fault in every position.
fn faults(step: Step) -> impl Iterator<Item = Option<(Name, Step, Fault)>> {
    // Only the background sees the error of a draft that fails to close.
    let draft = (step == Step::Init).then_some("manual.draft");
    let names = PARTS.into_iter().chain(["graph"]).chain(draft);
    let faults =
        names.flat_map(move |name| [(name, step, Fault::Error), (name, step, Fault::Panic)]);
    [None].into_iter().chain(faults.map(Some))
}

fn world(fault: Option<(Name, Step, Fault)>) -> World {
    match fault {
        None => World::new(),
        Some((name, step, fault)) => World::new().with_fault(name, step, fault),
    }
}

/// P2, P3, D06, E01, E04.
#[tokio::test]
async fn a_start_dropped_after_any_number_of_polls_leaves_nothing_open() {
    let _counting = crate::REAPER.read().await;
    quiet();
    let mut points = 0;
    for fault in faults(Step::Init) {
        for polls in 0.. {
            let world = world(fault);
            let ended = climb(Box::pin(Graph::new(world.clone()).into_future()), polls).await;
            points += 1;
            match (ended, fault) {
                (None, _) => settle(&world, &fault, polls).await,
                (Some(Ok(graph)), None) => {
                    let live = world.live();
                    assert!(PARTS.iter().all(|part| live.contains(part)), "{live:?}");
                    graph.close().await.unwrap();
                    settle(&world, &fault, polls).await;
                    break;
                }
                (Some(Err(error)), Some((name, ..))) => {
                    // The error is returned after the rollback, so nothing is left to the background.
                    assert_eq!(world.broken(), [""; 0], "{fault:?}: {error:#}");
                    assert_eq!(error.phase(), Phase::Init);
                    assert!(
                        line(&error).contains(&format!(": injected into {name}")),
                        "{error:#}"
                    );
                    break;
                }
                (Some(ended), fault) => panic!("{fault:?} after {polls} polls: {ended:?}"),
            }
        }
    }
    println!("starts: {points} points, 0 leaks");
    assert!(points > 25 * 10, "{points} points");
}

/// P2, P4, E05.
#[tokio::test]
async fn a_close_dropped_after_any_number_of_polls_finishes_in_the_background() {
    let _counting = crate::REAPER.read().await;
    quiet();
    let mut points = 0;
    for fault in faults(Step::Close) {
        for polls in 0.. {
            let world = world(fault);
            let graph = Graph::new(world.clone()).await.unwrap();
            let ended = climb(Box::pin(graph.close()), polls).await;
            points += 1;
            settle(&world, &fault, polls).await;
            if let Some(result) = ended {
                assert_eq!(result.is_err(), fault.is_some());
                break;
            }
        }
    }
    println!("closes: {points} points, 0 leaks");
    assert!(points > 25 * 5, "{points} points");
}

/// P2, P3: the rollback of a failed start is dropped too.
#[tokio::test]
async fn a_rollback_with_a_failing_close_still_closes_everything_else() {
    let _counting = crate::REAPER.read().await;
    quiet();
    let mut points = 0;
    for close_fault in faults(Step::Close).flatten() {
        for polls in 0.. {
            let (name, step, fault) = close_fault;
            let world = World::new()
                .with_fault("join", Step::Init, Fault::Error)
                .with_fault(name, step, fault);
            let ended = climb(Box::pin(Graph::new(world.clone()).into_future()), polls).await;
            points += 1;
            settle(&world, &close_fault, polls).await;
            if let Some(result) = ended {
                let error = result.unwrap_err();
                assert_eq!(error.path(), "Graph.join");
                break;
            }
        }
    }
    println!("rollbacks: {points} points, 0 leaks");
}
