//! Objects that the body of a program or a test still holds at its end are closed in order, however the body ends.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Duration;

use aobject::{BoxError, Live, Runner, Scope};

use crate::world::{Fault, Name, Part, Step, World, yield_once};
use crate::{REAPER, quiet};

/// How a body ends.
#[derive(Clone, Copy, Debug)]
enum Way {
    Value,
    QuestionMark,
    Return,
    Panic,
}

const WAYS: [Way; 4] = [Way::Value, Way::QuestionMark, Way::Return, Way::Panic];

impl Way {
    fn end(self) -> Result<(), BoxError> {
        match self {
            Way::Value | Way::Return => Ok(()),
            Way::QuestionMark => Err("injected".into()),
            Way::Panic => panic!("injected"),
        }
    }
}

/// Each object uses those before it.
const NAMES: [Name; 3] = ["pool", "cache", "batcher"];

async fn part(world: &World, at: usize) -> Result<Live<Part>, aobject::Error> {
    world.part(NAMES[at], &NAMES[..at]).make().await
}

async fn two(world: World, way: Way) -> Result<(), BoxError> {
    let _pool = part(&world, 0).await?;
    let _cache = part(&world, 1).await?;
    if let Way::Return = way {
        return way.end();
    }
    way.end()?;
    Ok(())
}

async fn three(world: World, way: Way) -> Result<(), BoxError> {
    let _pool = part(&world, 0).await?;
    let _cache = part(&world, 1).await?;
    yield_once().await;
    let _batcher = part(&world, 2).await?;
    yield_once().await;
    if let Way::Return = way {
        return way.end();
    }
    way.end()?;
    Ok(())
}

/// Some objects are in the body, some in the futures that it awaits.
async fn nested(world: World, way: Way) -> Result<(), BoxError> {
    let _pool = part(&world, 0).await?;
    let inner = async {
        let _cache = part(&world, 1).await?;
        let innermost = async {
            let _batcher = part(&world, 2).await?;
            way.end()
        };
        innermost.await
    };
    inner.await
}

/// The objects are in variables of other types. Rust drops the elements of a tuple from first to last.
async fn in_collections(world: World, way: Way) -> Result<(), BoxError> {
    let pool = part(&world, 0).await?;
    let cache = part(&world, 1).await?;
    let batcher = part(&world, 2).await?;
    let _all = (vec![batcher], Some(Box::new(cache)), pool.share());
    yield_once().await;
    way.end()
}

fn runners() -> [Runner; 3] {
    [
        Runner::new().current_thread(),
        Runner::new().worker_threads(1),
        Runner::new().worker_threads(2),
    ]
    .map(|runner| runner.signals(false))
}

/// Returns `None` if the body panics.
fn caught<R>(run: impl FnOnce() -> R) -> Option<R> {
    catch_unwind(AssertUnwindSafe(run)).ok()
}

fn check<F>(body: impl Fn(World, Way) -> F)
where
    F: Future<Output = Result<(), BoxError>>,
{
    let _counting = REAPER.blocking_read();
    quiet();
    for way in WAYS {
        for runner in runners() {
            let world = World::new();
            let ended = caught(|| runner.run(body(world.clone(), way)).unwrap());
            assert_eq!(world.broken(), [""; 0], "{way:?}: {:#?}", world.log());
            match way {
                Way::Value | Way::Return => assert!(ended.unwrap().is_ok()),
                Way::QuestionMark => assert!(ended.unwrap().is_err()),
                Way::Panic => assert!(ended.is_none()),
            }
        }
    }
}

#[test]
fn two_objects_of_a_body_close_in_order_however_it_ends() {
    check(two);
}

#[test]
fn three_objects_of_a_body_close_in_order_however_it_ends() {
    check(three);
}

#[test]
fn objects_of_a_body_and_of_its_inner_futures_close_in_order_however_it_ends() {
    check(nested);
}

#[test]
fn objects_in_variables_of_a_body_close_in_drop_order_however_it_ends() {
    check(in_collections);
}

/// The inner future captures the objects; it does not make them.
#[test]
fn objects_moved_into_an_inner_future_close_in_drop_order() {
    let _counting = REAPER.blocking_read();
    for runner in runners() {
        let world = World::new();
        let ended = runner.run(async {
            let pool = part(&world, 0).await?;
            let cache = part(&world, 1).await?;
            let ending = async move {
                let (_pool, _cache) = (pool, cache);
                yield_once().await;
                Ok::<_, BoxError>(())
            };
            ending.await
        });
        ended.unwrap().unwrap();
        assert_eq!(world.broken(), [""; 0], "{:#?}", world.log());
    }
}

/// P4: the close of a user that fails or panics still runs before the close of the object that it uses.
#[test]
fn a_failing_close_of_a_body_s_object_keeps_the_order() {
    let _counting = REAPER.blocking_read();
    quiet();
    for fault in [Fault::Error, Fault::Panic] {
        for runner in runners() {
            let world = World::new()
                .with_fault("batcher", Step::Close, fault)
                .with_fault("cache", Step::Close, fault);
            let ended = runner.run(three(world.clone(), Way::QuestionMark)).unwrap();
            assert_eq!(ended.unwrap_err().to_string(), "injected");
            assert_eq!(world.broken(), [""; 0], "{:#?}", world.log());
        }
    }
}

/// `?` returns the error of the init, and the body holds the objects that were made before.
#[test]
fn a_body_closes_the_earlier_objects_in_order_when_a_later_init_fails() {
    let _counting = REAPER.blocking_read();
    quiet();
    for fault in [Fault::Error, Fault::Panic] {
        for runner in runners() {
            let world = World::new().with_fault("batcher", Step::Init, fault);
            let ended = runner.run(three(world.clone(), Way::Value)).unwrap();
            assert!(ended.is_err());
            assert_eq!(world.broken(), [""; 0], "{:#?}", world.log());
        }
    }
}

/// A scope in the body closes in its own order, and before the objects that were made earlier.
#[test]
fn a_scope_held_by_a_body_closes_in_order_with_the_other_objects() {
    let _counting = REAPER.blocking_read();
    for runner in runners() {
        let world = World::new();
        let ended = runner.run(async {
            let _pool = part(&world, 0).await?;
            let mut scope = Scope::new();
            for at in 1..3 {
                let part = world.part(NAMES[at], &NAMES[..at]).start();
                drop(scope.enter(part).await?);
            }
            Err::<(), BoxError>("the work failed".into())
        });
        assert!(ended.unwrap().is_err());
        assert_eq!(world.broken(), [""; 0], "{:#?}", world.log());
    }
}

/// The same with `aobject::run`, which handles signals.
#[test]
fn run_closes_in_order() {
    let _counting = REAPER.blocking_read();
    quiet();
    for way in WAYS {
        let world = World::new();
        let ended = caught(|| aobject::run(three(world.clone(), way)));
        assert_eq!(ended.is_none(), matches!(way, Way::Panic));
        assert_eq!(world.broken(), [""; 0], "{way:?}: {:#?}", world.log());
    }
}

static MAIN: Mutex<Option<(World, Way)>> = Mutex::new(None);

fn of_main() -> (World, Way) {
    MAIN.lock().unwrap().clone().unwrap()
}

#[aobject::main(flavor = "current_thread")]
async fn main_of_one_thread() -> Result<(), BoxError> {
    let (world, way) = of_main();
    three(world, way).await
}

#[aobject::main(worker_threads = 2)]
async fn main_of_several_threads() -> Result<(), BoxError> {
    let (world, way) = of_main();
    let _pool = part(&world, 0).await?;
    let _cache = part(&world, 1).await?;
    way.end()
}

/// The same with `#[aobject::main]`.
#[test]
fn main_closes_in_order() {
    let _counting = REAPER.blocking_read();
    quiet();
    for way in WAYS {
        for main in [main_of_one_thread, main_of_several_threads] {
            let world = World::new();
            *MAIN.lock().unwrap() = Some((world.clone(), way));
            let _ = caught(main);
            assert_eq!(world.broken(), [""; 0], "{way:?}: {:#?}", world.log());
        }
    }
}

/// The same with `#[aobject::test]`, for tests that fail by themselves. A test that passes may leave nothing open.
#[test]
fn test_closes_in_order() {
    let _counting = REAPER.blocking_read();
    quiet();
    for way in [Way::QuestionMark, Way::Panic] {
        for runner in runners() {
            let world = World::new();
            let ended = caught(|| aobject::__private::test(runner, three(world.clone(), way)));
            assert!(
                ended.is_none_or(|code| code == ExitCode::FAILURE),
                "{way:?}"
            );
            assert_eq!(world.broken(), [""; 0], "{way:?}: {:#?}", world.log());
        }
    }
}

/// The same with a stop from inside, for a body that has not opted in, and for one that overruns its grace.
#[test]
fn a_dropped_body_closes_in_order() {
    let _counting = REAPER.blocking_read();
    for opts_in in [false, true] {
        for runner in runners() {
            let world = World::new();
            let ended = runner.grace(Duration::from_millis(5)).run(async {
                let _pool = part(&world, 0).await?;
                let _cache = part(&world, 1).await?;
                let _batcher = part(&world, 2).await?;
                aobject::stop();
                if opts_in {
                    aobject::stopped().await;
                }
                std::future::pending::<Result<(), BoxError>>().await
            });
            assert!(ended.is_err());
            assert_eq!(world.broken(), [""; 0], "{:#?}", world.log());
        }
    }
}

/// All in one job: an object does not begin to close while its user is closing, even if that takes long.
#[cfg(feature = "test-util")]
#[test]
fn an_object_waits_for_the_whole_close_of_its_user() {
    let _counting = REAPER.blocking_read();
    let world = World::new();
    let runner = Runner::new().current_thread().signals(false);
    let ended = runner.start_paused(true).run(async {
        let _pool = world.timed("pool", 0, 10).make().await?;
        let _batcher = world.timed("batcher", 0, 50).make().await?;
        Err::<(), BoxError>("the work failed".into())
    });
    assert!(ended.unwrap().is_err());
    let expected = [
        "close batcher",
        "closed batcher",
        "close pool",
        "closed pool",
    ];
    assert_eq!(world.events()[4..], expected);
}
