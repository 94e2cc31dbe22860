//! `run` and its variants, as far as one process can show. The rest is in `tests/process`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aobject::slot::Slot;
use aobject::{AObject, BoxError, Live, Runner, Scope};
use tokio::sync::Notify;

use crate::world::{Part, Spec, World};
use crate::{REAPER, quiet};

fn runner() -> Runner {
    Runner::new().current_thread().signals(false)
}

#[test]
fn the_output_of_the_future_is_returned() {
    let _counting = REAPER.blocking_read();
    assert_eq!(Runner::new().worker_threads(1).run(async { 42 }), Ok(42));
    assert_eq!(aobject::run(async { 42 }), 42);
}

/// P6.
#[test]
fn a_panic_resumes_after_everything_has_been_closed() {
    let _counting = REAPER.blocking_read();
    quiet();
    let world = World::new();
    let panicking = || {
        runner().run(async {
            let _part = world.part("part", &[]).make().await;
            std::panic::panic_any(7_u8)
        })
    };
    let panic = catch_unwind(AssertUnwindSafe(panicking)).unwrap_err();
    assert_eq!(*panic.downcast::<u8>().unwrap(), 7);
    assert_eq!(world.broken(), [""; 0]);
}

/// The future needs to be neither `Send` nor `'static`.
#[test]
fn the_future_may_borrow_from_its_caller() {
    let _counting = REAPER.blocking_read();
    let count = std::cell::Cell::new(0);
    runner().run(async { count.set(1) }).unwrap();
    assert_eq!(count.get(), 1);
}

/// J05: one limit for everything. Closes that have not ended by then are lost and reported, and not awaited.
#[test]
fn the_limit_holds_however_long_closes_take() {
    let _alone = REAPER.blocking_write();
    quiet();
    let world = World::new();
    let begun = Instant::now();
    let latch = Arc::new(Notify::new());
    let held = runner().limit(Duration::from_millis(30)).run(async {
        drop(world.timed("endless", 0, 1_000_000).make().await);
        let held = Latched::start(latch.clone()).await.unwrap();
        drop(tokio::spawn(async {
            std::future::pending::<()>().await;
            drop(held);
        }));
        tokio::task::yield_now().await;
    });
    held.unwrap();
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "far from a thousand seconds"
    );
    assert_eq!(world.counts("endless"), (1, 0));
    // Not on any runtime of this test: the close has continued.
    latch.notify_one();
    runner().run(async {}).unwrap();
    assert_eq!(Arc::strong_count(&latch), 1);
}

/// Its close waits for a signal.
struct Latched(Arc<Notify>);

impl AObject for Latched {
    type Seed = Arc<Notify>;

    async fn init(latch: Arc<Notify>) -> Result<Self, BoxError> {
        Ok(Latched(latch))
    }

    async fn close(self) -> Result<(), BoxError> {
        self.0.notified().await;
        Ok(())
    }
}

fn test<R: std::process::Termination>(body: impl Future<Output = R>) -> Result<ExitCode, String> {
    let test = || aobject::__private::test(runner(), body);
    catch_unwind(AssertUnwindSafe(test)).map_err(|panic| match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => panic.downcast::<&str>().unwrap().to_string(),
    })
}

/// The place as a message formats it.
fn place(line: u32) -> String {
    format!("{}:{line}:", file!())
}

#[track_caller]
fn start(spec: Spec) -> aobject::New<Part, impl Future<Output = Result<Part, BoxError>> + Send> {
    spec.start()
}

#[test]
fn a_test_that_closes_its_objects_passes() {
    let _counting = REAPER.blocking_read();
    let world = World::new();
    let code = test(async {
        let part = start(world.part("a", &[])).await.unwrap();
        let other = start(world.part("b", &[])).await.unwrap().share();
        let mut scope = Scope::new();
        scope.enter(start(world.part("c", &[]))).await.unwrap();
        other.close().await.unwrap();
        scope.close().await.unwrap();
        drop(start(world.part("d", &[])).await.unwrap().into_inner());
        // A start that is cancelled is not an object.
        drop(start(world.part("e", &[])));
        tokio::time::timeout(Duration::ZERO, start(world.timed("f", 1000, 0)))
            .await
            .unwrap_err();
        part.close().await
    });
    assert_eq!(code, Ok(ExitCode::SUCCESS));
}

/// E12, with the attribute of a test.
#[test]
fn a_test_that_drops_an_unclosed_object_fails_with_the_place_where_it_was_made() {
    let _counting = REAPER.blocking_read();
    quiet();
    let world = World::new();
    let line = line!() + 1;
    let failed = test(async { drop(start(world.part("a", &[])).await) }).unwrap_err();
    assert!(
        failed.starts_with("the test left objects open:\n  `Part` made at "),
        "{failed}"
    );
    assert!(
        failed.contains(&place(line)) && failed.ends_with("was dropped without being closed"),
        "{failed}"
    );
    assert_eq!(world.counts("a"), (1, 1), "it is closed nevertheless");
}

#[test]
fn a_test_that_leaves_an_object_alive_fails_with_the_place_where_it_was_made() {
    let _counting = REAPER.blocking_read();
    quiet();
    let world = World::new();
    let mut kept = None;
    let failed = test(async { kept = Some(start(world.part("a", &[])).await) }).unwrap_err();
    assert!(
        failed.contains(&place(line!() - 2)) && failed.ends_with("is still alive"),
        "{failed}"
    );
}

#[derive(AObject)]
struct Holder {
    world: World,
    #[aobject(init = world.part("part", &[]).make().await?)]
    _part: Live<Part>,
}

/// One message per object, which covers its fields, for every owner.
#[test]
fn an_open_object_is_found_whoever_owns_it() {
    let _counting = REAPER.blocking_read();
    quiet();
    let world = World::new();
    let failed = test(async {
        let mut scope = Scope::new();
        scope.enter(world.part("a", &[]).start()).await.unwrap();
        drop(scope);
        drop(world.part("b", &[]).start().await.unwrap().share());
        std::mem::forget(Holder::new(world.clone()).await);
    });
    let failed = failed.unwrap_err();
    assert_eq!(
        failed.matches("was dropped without being closed").count(),
        2,
        "{failed}"
    );
    assert_eq!(failed.matches("is still alive").count(), 2, "{failed}");
    assert!(failed.contains("`Holder` made at"), "{failed}");
}

#[test]
fn a_test_whose_close_never_ends_fails() {
    let _alone = REAPER.blocking_write();
    quiet();
    let endless = async {
        let part = World::new().timed("a", 0, 1_000_000).make().await.unwrap();
        drop(tokio::spawn(part.close()));
        tokio::task::yield_now().await;
        let part = World::new().timed("a", 0, 1_000_000).make().await.unwrap();
        drop(part.close());
    };
    let test = || aobject::__private::test(runner().limit(Duration::from_millis(30)), endless);
    let panic = catch_unwind(AssertUnwindSafe(test)).unwrap_err();
    let failed = panic.downcast::<String>().unwrap();
    assert!(
        failed.ends_with("closes that have not ended: 1"),
        "{failed}"
    );
}

/// Objects that it leaves open are a consequence of the failure.
#[test]
fn a_test_that_fails_by_itself_keeps_its_own_failure() {
    let _counting = REAPER.blocking_read();
    quiet();
    let world = World::new();
    let failing = async {
        let _part = start(world.part("a", &[])).await?;
        Err::<(), _>(aobject::Error::new(aobject::Phase::Close, "injected"))
    };
    assert_eq!(test(failing), Ok(ExitCode::FAILURE));
    let panicking = async {
        let _part = start(world.part("b", &[])).await;
        panic!("injected");
    };
    assert_eq!(
        test(panicking).map(|_: ExitCode| ()),
        Err("injected".to_owned())
    );
    assert_eq!((world.broken(), world.live()), (vec![], vec![]));
}

/// Concurrent tests in one process are distinguished by their runtimes, and objects made at one place by the
/// object.
#[test]
fn concurrent_tests_are_distinguished() {
    let _counting = REAPER.blocking_read();
    quiet();
    let meet = std::sync::Barrier::new(2);
    let one = |forgetful: bool| {
        test(async {
            let part = start(World::new().part("a", &[])).await.unwrap();
            meet.wait();
            if forgetful {
                drop(part);
            } else {
                part.close().await.unwrap();
            }
            meet.wait();
        })
    };
    let (careful, forgetful) = std::thread::scope(|threads| {
        let careful = threads.spawn(|| one(false));
        (one(true), careful.join().unwrap())
    });
    let (forgetful, careful) = (careful, forgetful);
    assert_eq!(careful, Ok(ExitCode::SUCCESS));
    assert!(
        forgetful
            .unwrap_err()
            .contains("was dropped without being closed")
    );
}

/// A task that closes its objects is given the time to do so.
#[test]
fn a_close_awaited_by_a_task_is_waited_for() {
    let _counting = REAPER.blocking_read();
    let world = World::new();
    let ended = runner().run(async {
        let part = world.timed("part", 0, 20).make().await.unwrap();
        drop(tokio::spawn(part.close()));
        let with = world
            .timed("other", 0, 20)
            .start()
            .with(async |_: &Part| -> Result<(), aobject::Error> { Ok(()) });
        drop(tokio::spawn(with));
        while world.counts("other").0 == 0 {
            tokio::task::yield_now().await;
        }
    });
    ended.unwrap();
    assert_eq!(
        (world.counts("part"), world.counts("other")),
        ((1, 1), (1, 1))
    );
}

/// The inner run closes its own objects, and not those of the body around it.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_inside_a_body_closes_everything_before_it_returns() {
    let _counting = REAPER.read().await;
    let world = World::new();
    let inside = aobject::scope(async |_: &mut Scope| -> Result<(), BoxError> {
        tokio::task::block_in_place(|| {
            runner().run(async { drop(world.part("part", &[]).make().await) })
        })?;
        assert_eq!(world.counts("part"), (1, 1));
        Ok(())
    });
    inside.await.unwrap();
}

#[test]
fn a_thread_that_blocks_delays_the_end_only_a_little() {
    let _counting = REAPER.blocking_read();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let begun = Instant::now();
    runner()
        .run(async { drop(tokio::task::spawn_blocking(move || released.recv())) })
        .unwrap();
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "far from its limit"
    );
    drop(release);
}

/// A hand-written object that drops its part when it is closed.
struct Drops(#[expect(dead_code, reason = "it is dropped")] Live<Part>);

impl AObject for Drops {
    type Seed = World;

    async fn init(world: World) -> Result<Self, BoxError> {
        Ok(Drops(world.part("part", &[]).make().await?))
    }
}

#[test]
fn an_object_that_the_close_of_its_owner_drops_is_not_left_open() {
    let _counting = REAPER.blocking_read();
    let closed = test(async { Drops::start(World::new()).await?.close().await });
    assert_eq!(closed, Ok(ExitCode::SUCCESS));
}

/// The caller of the close gets the result.
#[test]
fn a_share_that_is_dropped_last_beside_an_awaited_close_is_not_left_open() {
    let _counting = REAPER.blocking_read();
    quiet();
    let world = World::new();
    let closed = test(async {
        let part = start(world.part("part", &[])).await?.share();
        let close = part.clone().close();
        drop(part);
        close.await
    });
    assert_eq!(closed, Ok(ExitCode::SUCCESS));
    assert_eq!(world.counts("part"), (1, 1));
}

/// The last user of an object that has left its slot owns that object.
#[test]
fn an_object_that_has_left_its_slot_is_left_open_by_a_user_that_drops_it() {
    let _counting = REAPER.blocking_read();
    quiet();
    let leave = async || {
        let world = World::new();
        let slot = Slot::empty();
        slot.replace(world.part("old", &[]).start()).await.unwrap();
        let user = slot.get();
        let restart = slot.restart(world.part("new", &[]).start());
        let restarted = tokio::time::timeout(Duration::ZERO, restart).await;
        assert!(restarted.is_err() && slot.get().is_none());
        (user, slot)
    };
    let failed = test(async { drop(leave().await) }).unwrap_err();
    assert!(
        failed.ends_with("was dropped without being closed"),
        "{failed}"
    );
    // In an init, the object that is made waits for its close.
    struct Leaves;
    impl AObject for Leaves {
        type Seed = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;
        async fn init(leave: Self::Seed) -> Result<Self, BoxError> {
            leave.await;
            Ok(Leaves)
        }
    }
    let owned = test(async {
        let leaves = Leaves::start(Box::pin(async move { drop(leave().await) }));
        leaves.await?.close().await
    });
    assert_eq!(owned, Ok(ExitCode::SUCCESS));
}

/// P2: it is dropped with the runtime, and closes elsewhere.
#[test]
fn a_run_waits_for_the_close_of_what_a_task_still_held() {
    let _alone = REAPER.blocking_write();
    quiet();
    let world = World::new();
    let held = async {
        let part = world.timed("held", 0, 30).make().await.unwrap();
        drop(tokio::spawn(async {
            std::future::pending::<()>().await;
            drop(part);
        }));
        tokio::task::yield_now().await;
    };
    runner().run(held).unwrap();
    assert_eq!(world.counts("held"), (1, 1));
}
