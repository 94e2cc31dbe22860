//! Joined starts, cells and scopes in one graph, dropped after every number of polls, with one fault at a time.

use std::time::Duration;

use aobject::{AObject, BoxNew, Error, Lazy, Live, Scope, scope, try_join, try_join_all};
use tokio_test::task;

use crate::world::{Fault, Name, Part, Step, World, yield_once};
use crate::{REAPER, quiet};

const LIMIT: Duration = Duration::from_secs(20);

type Cell = Lazy<Part, Box<dyn Fn() -> BoxNew<Part> + Send + Sync>>;

fn cell(world: &World, name: Name) -> Cell {
    let world = world.clone();
    Cell::new(Box::new(move || Part::start(world.part(name, &[])).boxed()))
}

/// Two parts, one after the other, of which the second uses the first.
#[derive(AObject)]
struct Pair {
    world: World,
    names: [Name; 2],
    #[aobject(init = world.part(names[0], &[]).make().await?)]
    first: Live<Part>,
    #[aobject(init = world.part(names[1], &[names[0]]).make().await?, after(first))]
    _second: Live<Part>,
}

fn pair(world: &World, names: [Name; 2]) -> BoxNew<Pair> {
    Pair::new(world.clone(), names).boxed()
}

#[derive(AObject)]
struct App {
    world: World,
    #[aobject(init = try_join_all([pair(world, ["a1", "a2"]), pair(world, ["b1", "b2"]), pair(world, ["c1", "c2"])]).limit(2).await?)]
    shards: Vec<Live<Pair>>,
    #[aobject(init = {
        let cell = cell(world, "cell");
        cell.ensure_init().await?;
        cell
    })]
    cell: Cell,
    #[aobject(init = scope(async |scope: &mut Scope| -> Result<(), Error> {
        let _outer = scope.enter(world.part("entered", &[]).start()).await?;
        let _own = world.part("own", &["entered"]).make().await?;
        yield_once().await;
        Ok(())
    }).await?)]
    _scoped: (),
    #[aobject(init = try_join((pair(world, ["d1", "d2"]), world.part("e", &[]).start())).await?, after(cell, shards))]
    _last: (Live<Pair>, Live<Part>),
}

const NAMES: [Name; 12] = [
    "a1", "a2", "b1", "b2", "c1", "c2", "cell", "entered", "own", "d1", "d2", "e",
];

fn world(faulty: Option<(Name, Step, Fault)>) -> World {
    match faulty {
        None => World::new(),
        Some((name, step, fault)) => World::new().with_fault(name, step, fault),
    }
}

async fn ladder(faulty: Option<(Name, Step, Fault)>) {
    let mut has_ended = false;
    for polls in 0.. {
        let world = world(faulty);
        let mut start = task::spawn(App::new(world.clone()));
        for _ in 0..polls {
            if start.poll().is_ready() {
                has_ended = true;
                break;
            }
        }
        drop(start);
        aobject::drain(LIMIT).await;
        assert_eq!(world.broken(), [""; 0], "{faulty:?}, after {polls} polls");
        if has_ended {
            break;
        }
        assert!(polls < 1000, "{faulty:?}: it hangs");
    }
}

/// P2.
#[tokio::test]
async fn joined_starts_cells_and_scopes_dropped_after_any_number_of_polls_leave_nothing_open() {
    let _counting = REAPER.read().await;
    quiet();
    ladder(None).await;
    for name in NAMES {
        for fault in [Fault::Error, Fault::Panic] {
            ladder(Some((name, Step::Init, fault))).await;
            ladder(Some((name, Step::Close, fault))).await;
        }
    }
}

/// P3: awaited to its end, the error has the path of what failed, and everything is closed when it arrives.
#[tokio::test]
async fn the_error_of_joined_starts_cells_and_scopes_comes_after_their_rollback() {
    let _counting = REAPER.read().await;
    quiet();
    for name in NAMES {
        for fault in [Fault::Error, Fault::Panic] {
            let world = world(Some((name, Step::Init, fault)));
            let error = App::new(world.clone()).await.map(drop).unwrap_err();
            let report = format!("{error:#}");
            assert!(
                report.contains(&format!("injected into {name}")),
                "{report}"
            );
            assert_eq!(world.broken(), [""; 0], "{name}: {report}");
        }
    }
}
