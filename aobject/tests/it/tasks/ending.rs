//! How tasks end that are cut short, and what is reported of that.

use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aobject::{CancellationToken, ErrorKind, Phase, Ready, Tasks, set_report_hook};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Instant, timeout};

use super::LIMIT;
use crate::world::World;
use crate::{REAPER, quiet};

/// Tasks without any limit, of which one holds an object that takes so long to close.
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
async fn objects_of_a_task_without_any_limit_have_a_last_moment() {
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
async fn what_the_last_moment_was_too_short_for_goes_to_the_background() {
    let _counting = REAPER.read().await;
    let world = World::new();
    let tasks = holding(&world, 1000).await;
    let begun = Instant::now();
    assert_eq!(tasks.close().await.unwrap_err().kind(), ErrorKind::TimedOut);
    assert!(begun.elapsed() < Duration::from_millis(500));
    // The runtime drops the task when it comes to that.
    tokio::task::yield_now().await;
    let drained = aobject::drain(LIMIT).await;
    assert_eq!((drained.closed, drained.pending), (1, 0));
    assert_eq!(begun.elapsed(), Duration::from_secs(1));
    assert_eq!(world.broken(), [""; 0]);
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// M01: its sender is in the hands of somebody else, who keeps it.
#[test]
fn a_waiter_for_a_task_that_its_runtime_dropped_hears_so_though_its_ready_is_kept() {
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
        // How the tasks ended is not the question here.
        let _ = tasks.close().await;
        timeout(LIMIT, until_ready)
            .await
            .expect("it hangs")
            .unwrap_err()
    });
    assert_eq!(error.phase(), Phase::Init);
}

/// The hook is the process's, and hears of others too: the causes of these are like no other's.
#[tokio::test]
async fn what_goes_wrong_once_a_task_was_asked_to_end_is_reported_by_the_close_alone() {
    let _alone = REAPER.write().await;
    quiet();
    let reports = Arc::new(Mutex::new(Vec::new()));
    let heard = reports.clone();
    set_report_hook(move |report| {
        let cause = report.error().and_then(std::error::Error::source);
        let cause = cause.map(ToString::to_string).unwrap_or_default();
        if ["too early", "too late"].contains(&&*cause) {
            heard.lock().unwrap().push(cause);
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
    assert_eq!(error.related().len(), 1, "both are in what it returns");
    assert_eq!(*reports.lock().unwrap(), ["too early"]);
}
