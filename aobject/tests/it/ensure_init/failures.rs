//! Inits that fail, panic or overrun their limit.

use super::*;

/// B12: an init with 32 callers fails after 5 ms. It runs once, and all callers receive the error at 5 ms.
#[tokio::test(start_paused = true)]
async fn all_waiters_receive_the_same_error_at_once() {
    let world = World::new().with_fault("part", Step::Init, Fault::Error);
    let cell = Arc::new(cell(&world.timed("part", 5, 0)));
    let begun = Instant::now();
    let asking: Vec<_> = (0..32).map(|_| ask(&cell)).collect();
    for task in asking {
        let error = task.await.unwrap().unwrap_err();
        assert_eq!(begun.elapsed(), millis(5));
        assert_eq!(line(&error), "init of `Part` failed: injected into part");
        assert_eq!(
            error.downcast_ref::<Injected>().map(|injected| injected.0),
            Some("part")
        );
    }
    assert_eq!(world.log(), ["  0 init part"]);
}

/// B10 (b), B11.
#[tokio::test(start_paused = true)]
async fn after_a_failure_the_next_call_retries_and_after_a_success_no_call_does() {
    let world = World::new().with_fault("bad", Step::Init, Fault::Error);
    let cell = tries([world.timed("bad", 5, 0), world.timed("good", 5, 0)]);
    assert_eq!(
        cell.ensure_init().await.unwrap_err().kind(),
        ErrorKind::Failed
    );
    for _ in 0..3 {
        cell.ensure_init().await.unwrap();
    }
    assert_eq!(
        world.log(),
        ["  0 init bad", "  5 init good", " 10 made good"]
    );
    cell.close().await.unwrap();
}

/// B10 (a).
#[tokio::test(start_paused = true)]
async fn a_remembered_failure_is_returned_again_without_another_init() {
    let world = World::new().with_fault("bad", Step::Init, Fault::Error);
    let cell = tries([world.timed("bad", 5, 0)]).remember_failure();
    for _ in 0..3 {
        let error = cell.ensure_init().await.unwrap_err();
        assert_eq!(line(&error), "init of `Part` failed: injected into bad");
    }
    assert_eq!(world.log(), ["  0 init bad"]);
    cell.close().await.unwrap();
}

/// A dropped init has not failed.
#[tokio::test(start_paused = true)]
async fn a_dropped_init_is_not_remembered_as_a_failure() {
    let _counting = crate::REAPER.read().await;
    let world = World::new();
    let cell = cell(&world.timed("part", 5, 0)).remember_failure();
    assert!(timeout(millis(1), cell.ensure_init()).await.is_err());
    cell.ensure_init().await.unwrap();
    cell.close().await.unwrap();
}

/// B15, P6.
#[tokio::test(start_paused = true)]
async fn a_panic_is_returned_to_all_waiters_and_the_next_call_retries() {
    quiet();
    let world = World::new().with_fault("bad", Step::Init, Fault::Panic);
    let cell = Arc::new(tries([world.timed("bad", 5, 0), world.timed("good", 5, 0)]));
    let asking: Vec<_> = (0..3).map(|_| ask(&cell)).collect();
    for task in asking {
        let error = task.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Panicked);
        assert_eq!(line(&error), "init of `Part` panicked: injected into bad");
    }
    cell.ensure_init().await.unwrap();
    assert_eq!(
        world.log(),
        ["  0 init bad", "  5 init good", " 10 made good"]
    );
    end(cell).await;
}

/// B15: the closure panics before an init exists.
#[tokio::test]
async fn a_panic_of_the_closure_is_an_error_too() {
    quiet();
    let calls = AtomicUsize::new(0);
    let world = World::new();
    let cell = Lazy::new(|| {
        assert!(calls.fetch_add(1, Ordering::Relaxed) > 0, "injected");
        world.part("part", &[]).make()
    });
    let error = cell.ensure_init().await.unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Panicked, "Part"));
    cell.ensure_init().await.unwrap();
    cell.close().await.unwrap();
}

/// P3: an object that the closure made besides is closed when the error arrives, for every waiter.
#[tokio::test(start_paused = true)]
async fn a_failed_init_has_been_rolled_back_when_its_error_arrives() {
    let world = World::new().with_fault("part", Step::Init, Fault::Error);
    let cell = Lazy::new(|| {
        let world = world.clone();
        async move {
            let _besides = world.timed("besides", 0, 30).make().await?;
            world.timed("part", 5, 0).make().await
        }
    });
    let (one, other) = tokio::join!(cell.ensure_init(), cell.ensure_init());
    assert_eq!(
        (one.unwrap_err().phase(), other.unwrap_err().phase()),
        (Phase::Init, Phase::Init)
    );
    assert_eq!(
        world.log(),
        [
            "  0 init besides",
            "  0 made besides",
            "  0 init part",
            "  5 close besides",
            " 35 closed besides"
        ]
    );
}

/// J01: counted from the beginning of the init, not of the call. Each init has its own limit.
#[tokio::test(start_paused = true)]
async fn a_limit_ends_an_init_for_all_waiters() {
    let world = World::new();
    let cell = Lazy::new(|| Hanging::start(world.clone())).init_timeout(millis(50));
    let begun = Instant::now();
    let second = async {
        sleep(millis(30)).await;
        cell.ensure_init().await
    };
    let (first, second) = tokio::join!(cell.ensure_init(), second);
    for error in [first.unwrap_err(), second.unwrap_err()] {
        assert_eq!(error.to_string(), "init of `Hanging` timed out after 50ms");
        assert_eq!(error.kind(), ErrorKind::TimedOut);
    }
    // The limit, then the rollback, which has no limit.
    assert_eq!(begun.elapsed(), millis(50 + 40));
    assert!(cell.ensure_init().await.is_err());
    assert_eq!(begun.elapsed(), millis(90 + 90));
}

/// The error of an outer init waits for the cell's init that it dropped, as for every other dropped object.
#[tokio::test(start_paused = true)]
async fn an_error_waits_for_the_init_of_a_cell_that_its_object_dropped() {
    struct Outer;
    impl AObject for Outer {
        type Seed = World;
        async fn init(world: World) -> Result<Self, aobject::BoxError> {
            let cell = Lazy::new(|| Hanging::start(world.clone()));
            let fails = async {
                sleep(millis(20)).await;
                Err::<(), _>(Injected("outer"))
            };
            tokio::select! {
                _ = cell.ensure_init() => {}
                failed = fails => failed?,
            }
            Ok(Self)
        }
    }
    let world = World::new();
    let error = Outer::start(world.clone()).await.unwrap_err();
    assert_eq!(error.path(), "Outer");
    assert_eq!(world.log()[3..], [" 20 close base", " 60 closed base"]);
}
