//! The ends of tasks that are cut short, and the reports about them.

use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aobject::{CancellationToken, ErrorKind, Phase, Ready, Tasks, set_report_hook};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Instant, timeout};

use super::LIMIT;
use crate::world::World;
use crate::{REAPER, quiet};

/// Tasks with a limit of zero. One of them holds an object whose close takes `close` milliseconds.
async fn holding(world: &World, close: u64) -> Tasks {
    let tasks = Tasks::new().limit(Duration::ZERO);
    let held = world.timed("part", 0, close).make().await.unwrap();
    tasks.spawn("hold the part", async move |_| {
        let _held = held;
        pending::<()>().await;
    });
    tokio::task::yield_now().await;
    tasks
}

/// J07.
#[tokio::test(start_paused = true)]
async fn the_objects_of_a_task_with_a_limit_of_zero_have_a_last_moment() {
    let _counting = REAPER.read().await;
    let world = World::new();
    let tasks = holding(&world, 50).await;
    let begun = Instant::now();
    assert_eq!(tasks.close().await.unwrap_err().kind(), ErrorKind::TimedOut);
    assert_eq!(begun.elapsed(), Duration::from_millis(50));
    assert_eq!(world.broken(), [""; 0], "closed by the close of the tasks");
    assert_eq!(aobject::drain(LIMIT).await.closed, 0);
}

#[tokio::test(start_paused = true)]
async fn objects_that_need_more_than_the_last_moment_go_to_the_background() {
    let _counting = REAPER.read().await;
    let world = World::new();
    let tasks = holding(&world, 1000).await;
    let begun = Instant::now();
    assert_eq!(tasks.close().await.unwrap_err().kind(), ErrorKind::TimedOut);
    assert!(begun.elapsed() < Duration::from_millis(500));
    // The runtime drops the task when it gets to it.
    tokio::task::yield_now().await;
    let drained = aobject::drain(LIMIT).await;
    assert_eq!((drained.closed, drained.pending), (1, 0));
    assert_eq!(begun.elapsed(), Duration::from_secs(1));
    assert_eq!(world.broken(), [""; 0]);
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// M01: someone else holds the sender and keeps it.
#[test]
fn the_waiter_for_a_task_dropped_by_its_runtime_receives_an_error_even_if_its_ready_is_kept() {
    let _counting = REAPER.blocking_write();
    quiet();
    let kept = Arc::new(Mutex::new(None));
    let keep = kept.clone();
    let first = runtime();
    let (tasks, until_ready) = first.block_on(async {
        let tasks = Tasks::new();
        let until_ready = tasks.spawn_ready("keep its ready", async move |_, ready: Ready<()>| {
            *keep.lock().unwrap() = Some(ready);
            pending::<()>().await;
        });
        tokio::task::yield_now().await;
        (tasks, until_ready)
    });
    assert!(kept.lock().unwrap().is_some());
    drop(first);
    let error = runtime().block_on(async {
        // How the tasks ended does not matter here.
        let _ = tasks.close().await;
        timeout(LIMIT, until_ready)
            .await
            .expect("must not hang")
            .unwrap_err()
    });
    assert_eq!(error.phase(), Phase::Init);
}

/// The hook is process-wide and receives reports of other tests too. These causes occur nowhere else.
#[tokio::test]
async fn a_failure_after_a_task_was_asked_to_end_is_reported_by_the_close_alone() {
    let _alone = REAPER.write().await;
    quiet();
    let reports = Arc::new(Mutex::new(Vec::new()));
    let collected = reports.clone();
    set_report_hook(move |report| {
        let cause = report.error().and_then(std::error::Error::source);
        let cause = cause.map(ToString::to_string).unwrap_or_default();
        if ["too early", "too late"].contains(&&*cause) {
            collected.lock().unwrap().push(cause);
        }
    });
    let tasks = Tasks::new();
    tasks.try_spawn("fail early", async |_| Err("too early".into()));
    tasks.try_spawn("fail late", async |stop: CancellationToken| {
        stop.cancelled().await;
        Err("too late".into())
    });
    tokio::task::yield_now().await;
    assert_eq!(*reports.lock().unwrap(), ["too early"]);
    let error = tasks.close().await.unwrap_err();
    set_report_hook(|_| {});
    assert_eq!(error.related().len(), 1, "the close returns both errors");
    assert_eq!(*reports.lock().unwrap(), ["too early"]);
}
