//! One object with several owners.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use aobject::{AObject, Close, Error, ErrorKind, Live, Shared};
use tokio::time::Instant;
use tokio_test::{assert_pending, assert_ready, task};

use crate::world::{Fault, Part, Step, World, line};
use crate::{REAPER, quiet};

mod race;

const LIMIT: Duration = Duration::from_secs(20);

async fn shared(world: &World) -> Shared<Part> {
    world.part("part", &[]).make().await.unwrap().share()
}

#[test]
fn a_share_is_one_word() {
    assert_eq!(size_of::<Shared<Part>>(), size_of::<usize>());
    assert_eq!(size_of::<Option<aobject::Weak<Part>>>(), size_of::<usize>());
}

#[tokio::test]
async fn only_the_release_of_the_last_share_closes() {
    let world = World::new();
    let (one, other) = {
        let part = shared(&world).await;
        (part.clone(), part)
    };
    one.release().await.unwrap();
    assert_eq!(world.counts("part"), (1, 0));
    other.release().await.unwrap();
    assert_eq!(world.counts("part"), (1, 1));
}

/// The share is released at the call, so an unpolled future keeps nothing open.
#[tokio::test]
async fn a_share_is_released_at_the_call() {
    let world = World::new();
    let (one, other) = {
        let part = shared(&world).await;
        (part.clone(), part)
    };
    let unpolled = one.close();
    other.release().await.unwrap();
    assert_eq!(world.counts("part"), (1, 1));
    unpolled.await.unwrap();
}

/// H02: both return only after the object is closed, with the same result.
#[tokio::test(start_paused = true)]
async fn all_closers_wait_for_the_close_and_get_its_result() {
    let world = World::new().with_fault("part", Step::Close, Fault::Error);
    let part = world.timed("part", 0, 10).make().await.unwrap().share();
    let begun = Instant::now();
    let closer = |part: Shared<Part>| async move { (part.close().await, begun.elapsed()) };
    let tasks: Vec<_> = (0..4).map(|_| tokio::spawn(closer(part.clone()))).collect();
    tokio::time::sleep(Duration::from_millis(5)).await;
    assert_eq!(world.counts("part"), (1, 0), "one share is left");
    drop(tokio::spawn(async { part.release().await.unwrap_err() }));
    for task in tasks {
        let (result, elapsed) = task.await.unwrap();
        assert_eq!(
            line(&result.unwrap_err()),
            "close of `Part` failed: injected into part"
        );
        assert_eq!(elapsed, Duration::from_millis(15));
    }
    assert_eq!(world.counts("part"), (1, 1));
}

/// Any closer that is polled drives the close, in one task and in any order.
#[tokio::test]
async fn a_closer_that_is_not_polled_delays_no_other() {
    for first in 0..3 {
        let world = World::new();
        let part = shared(&world).await;
        let mut closers: Vec<_> = [part.clone(), part.clone(), part]
            .into_iter()
            .map(Shared::close)
            .collect();
        closers.remove(first).await.unwrap();
        assert_eq!(world.counts("part"), (1, 1));
        for closer in closers {
            closer.await.unwrap();
        }
    }
}

#[tokio::test]
async fn another_closer_continues_when_the_driving_closer_is_dropped() {
    let world = World::new();
    let part = shared(&world).await;
    let mut first = task::spawn(part.clone().close());
    let mut second = task::spawn(part.close());
    assert_pending!(second.poll());
    assert_pending!(first.poll());
    drop(second);
    assert!(first.is_woken());
    assert_ready!(first.poll()).unwrap();
    assert_eq!(world.broken(), [""; 0]);
}

/// P2, for every closer and every number of polls: the object closes once, whichever closer is dropped when.
#[tokio::test]
async fn a_closer_dropped_after_any_number_of_polls_changes_nothing_for_the_others() {
    let _counting = REAPER.read().await;
    for dropped in 0..3 {
        for polls in 0..4 {
            let world = World::new();
            let part = shared(&world).await;
            let closers = [part.clone(), part.clone(), part].map(|part| task::spawn(part.close()));
            let mut closers = Vec::from(closers);
            for _ in 0..polls {
                let _ = closers[dropped].poll();
            }
            drop(closers.remove(dropped));
            for closer in closers {
                closer.into_inner().await.unwrap();
            }
            assert_eq!(
                (world.broken(), world.counts("part")),
                (vec![], (1, 1)),
                "{dropped}, {polls}"
            );
        }
    }
    assert_eq!(aobject::drain(LIMIT).await.closed, 0);
}

#[tokio::test]
async fn a_close_that_all_closers_dropped_finishes_in_the_background() {
    let _counting = REAPER.read().await;
    for polls in 0..3 {
        let world = World::new();
        let part = shared(&world).await;
        let mut closers = [part.clone(), part].map(|part| task::spawn(part.close()));
        for _ in 0..polls {
            assert_pending!(closers[0].poll());
        }
        drop(closers);
        assert_eq!(aobject::drain(LIMIT).await.closed, 1);
        assert_eq!(world.broken(), [""; 0]);
    }
}

#[tokio::test]
async fn a_dropped_last_share_is_closed_by_the_waiters() {
    let _counting = REAPER.read().await;
    let world = World::new();
    let part = shared(&world).await;
    let closing = part.clone().close();
    drop(part);
    closing.await.unwrap();
    assert_eq!(
        aobject::drain(LIMIT).await.closed,
        0,
        "not in the background"
    );
    assert_eq!(world.counts("part"), (1, 1));
}

#[tokio::test]
async fn a_dropped_last_share_without_waiters_closes_in_the_background() {
    let _counting = REAPER.read().await;
    let world = World::new();
    let part = shared(&world).await;
    drop(part.clone().close());
    drop(part.clone());
    assert_eq!(world.counts("part"), (1, 0));
    drop(part);
    assert_eq!(aobject::drain(LIMIT).await.closed, 1);
    assert_eq!(world.counts("part"), (1, 1));
}

/// P5: the driving closer is on a runtime that shuts down.
#[test]
fn a_close_continues_in_its_waiter_when_the_runtime_that_drove_it_shuts_down() {
    let _alone = REAPER.blocking_write();
    quiet();
    let world = World::new();
    let [going, staying] = [(); 2].map(|()| {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
    });
    let part = staying.block_on(shared(&world));
    let closing = part.clone().close();
    going.block_on(async {
        let mut closing = task::spawn(part.close());
        assert_pending!(closing.poll());
        drop(tokio::spawn(async move {
            std::future::pending::<()>().await;
            drop(closing);
        }));
        tokio::task::yield_now().await;
    });
    drop(going);
    staying.block_on(closing).unwrap();
    assert_eq!(world.broken(), [""; 0]);
}

#[tokio::test]
async fn a_weak_handle_upgrades_until_the_last_owner_is_gone() {
    let world = World::new();
    let part = shared(&world).await;
    let weak = part.downgrade();
    let again = weak.upgrade().unwrap();
    part.release().await.unwrap();
    assert_eq!(
        world.counts("part"),
        (1, 0),
        "an upgraded handle is an owner"
    );
    let mut closing = task::spawn(again.close());
    assert!(
        weak.upgrade().is_none(),
        "the close has not begun, but cannot be stopped any more"
    );
    assert_pending!(closing.poll());
    closing.into_inner().await.unwrap();
}

/// Exactly one of many owners is the last, in every interleaving.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn exactly_one_of_several_concurrent_owners_closes() {
    let _counting = REAPER.read().await;
    for round in 0..300 {
        let world = World::new();
        let part = shared(&world).await;
        let weak = part.downgrade();
        let start = Arc::new(tokio::sync::Barrier::new(4));
        let tasks = (0..4).map(|owner| {
            let (part, weak, start) = (part.clone(), weak.clone(), start.clone());
            tokio::spawn(async move {
                start.wait().await;
                match (round + owner) % 4 {
                    0 => part.release().await,
                    1 => part.close().await,
                    2 => {
                        drop(part);
                        Ok(())
                    }
                    _ => {
                        drop(part);
                        drop(weak.upgrade());
                        Ok(())
                    }
                }
            })
        });
        let tasks: Vec<_> = tasks.collect();
        part.close().await.unwrap();
        assert_eq!(world.counts("part"), (1, 1));
        for task in tasks {
            task.await.unwrap().unwrap();
        }
    }
    assert_eq!(aobject::drain(LIMIT).await.errors.len(), 0);
}

#[derive(AObject)]
struct Holder {
    part: Shared<Part>,
}

#[derive(AObject)]
struct Pair {
    world: World,
    #[aobject(init = shared(world).await)]
    part: Shared<Part>,
    #[aobject(init = Holder::new(Shared::clone(part)).await?)]
    one: Live<Holder>,
    #[aobject(init = Holder::new(Shared::clone(part)).await?)]
    other: Live<Holder>,
}

/// I01, C04: one instance and one close, after all its owners. The owners do not wait for each other.
#[tokio::test]
async fn an_object_shared_by_fields_closes_once_after_all_of_them() {
    let world = World::new();
    let pair = Pair::new(world.clone()).await.unwrap();
    let [one, other]: [&Part; 2] = [&pair.one.part, &pair.other.part];
    assert!(std::ptr::eq(one, other));
    pair.close().await.unwrap();
    assert_eq!(world.counts("part"), (1, 1));
}

/// D04: the rollback releases the shares that a failed init holds.
#[tokio::test]
async fn a_failed_init_releases_its_shares() {
    #[derive(AObject)]
    struct Failing {
        part: Shared<Part>,
        #[aobject(init = { let _ = part; return Err("injected".into()) })]
        _never: (),
    }
    let world = World::new();
    let part = shared(&world).await;
    let error = Failing::new(part.clone()).await.unwrap_err();
    assert_eq!(world.counts("part"), (1, 0));
    let error = {
        drop(part);
        error
    };
    assert_eq!(error.path(), "Failing._never");
    let world = World::new();
    Failing::new(shared(&world).await).await.unwrap_err();
    assert_eq!(
        world.counts("part"),
        (1, 1),
        "the last share was closed before the error was returned"
    );
}

#[tokio::test]
async fn the_error_of_a_shared_field_has_the_path_of_the_field() {
    let world = World::new().with_fault("part", Step::Close, Fault::Error);
    let holder = Holder::new(shared(&world).await).await.unwrap();
    let error: Error = holder.close().await.unwrap_err();
    assert_eq!(
        (error.path(), error.kind()),
        ("Holder.part", ErrorKind::Failed)
    );
    let world = World::new().with_fault("part", Step::Close, Fault::Error);
    let error = vec![shared(&world).await].close().await.unwrap_err();
    assert_eq!(error.path(), "Part[0]");
}

/// A waker registered by one poll must not be forgotten when another poll drives the close.
#[tokio::test]
async fn all_waiters_are_woken() {
    let world = World::new();
    let part = shared(&world).await;
    let other = part.clone().close();
    let waiting = tokio::spawn(other);
    tokio::task::yield_now().await;
    part.close().await.unwrap();
    tokio::time::timeout(LIMIT, waiting)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
}

/// H14: two tasks close a graph concurrently. An object closes only after its users, for every driver of the close.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_closers_keep_the_order_of_the_graph() {
    for _ in 0..100 {
        let world = World::new();
        let graph = Graph::new(world.clone()).await.unwrap().share();
        let other = tokio::spawn(graph.clone().close());
        graph.close().await.unwrap();
        other.await.unwrap().unwrap();
        assert_eq!((world.broken(), world.live()), (vec![], vec![]));
    }
}

#[derive(AObject)]
struct Graph {
    world: World,
    #[aobject(init = world.part("db", &[]).make().await?)]
    db: Live<Part>,
    #[aobject(init = world.part("user", &["db"]).make().await?, after(db))]
    user: Live<Part>,
}

/// I02.
#[tokio::test]
async fn two_inits_make_two_objects_and_both_are_closed() {
    #[derive(AObject)]
    struct Two {
        world: World,
        #[aobject(init = world.part("part", &[]).make().await?)]
        one: Live<Part>,
        #[aobject(init = world.part("part", &[]).make().await?)]
        other: Live<Part>,
    }
    let world = World::new();
    let two = Two::new(world.clone()).await.unwrap();
    let [one, other]: [&Part; 2] = [&two.one, &two.other];
    assert!(!std::ptr::eq(one, other));
    two.close().await.unwrap();
    assert_eq!(world.counts("part"), (2, 2));
}

/// The close was handed over and has not begun when one of its waiters is dropped.
#[tokio::test]
async fn a_dropped_waiter_does_not_take_the_close_with_it() {
    let _counting = REAPER.read().await;
    let world = World::new();
    let part = shared(&world).await;
    let mut polled = task::spawn(part.clone().close());
    let unpolled = part.clone().close();
    assert_pending!(polled.poll());
    drop(part);
    drop(polled);
    let mut unpolled = task::spawn(unpolled);
    assert_pending!(unpolled.poll());
    assert_eq!(world.counts("part").0, 1);
    unpolled.into_inner().await.unwrap();
    assert_eq!(
        (world.broken(), aobject::drain(LIMIT).await.closed),
        (vec![], 0)
    );
}

/// Wakers are user code: they may drop another waiter, and they may panic.
#[tokio::test]
async fn a_waker_may_drop_another_waiter_and_panic() {
    quiet();
    struct Dropping(std::sync::Mutex<Option<aobject::Closing>>);
    impl std::task::Wake for Dropping {
        fn wake(self: Arc<Self>) {
            let dropped = self.0.lock().unwrap().take();
            drop(dropped);
            panic!("injected");
        }
    }
    let world = World::new();
    let part = shared(&world).await;
    let mut one = Box::pin(part.clone().close());
    let mut other = part.clone().close();
    let mut third = task::spawn(part.clone().close());
    assert!(
        std::pin::Pin::new(&mut other)
            .poll(&mut std::task::Context::from_waker(std::task::Waker::noop()))
            .is_pending()
    );
    let waker = Arc::new(Dropping(std::sync::Mutex::new(Some(other)))).into();
    assert!(
        one.as_mut()
            .poll(&mut std::task::Context::from_waker(&waker))
            .is_pending()
    );
    assert_pending!(third.poll());
    drop(part);
    assert!(third.is_woken());
    third.into_inner().await.unwrap();
    one.await.unwrap();
    assert_eq!(world.broken(), [""; 0]);
}
