//! Tasks that restart after a failure.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aobject::{AObject, BoxError, CancellationToken, ErrorKind, Restart, Tasks};
use tokio::time::{Instant, sleep, timeout};

use super::LIMIT;
use crate::quiet;
use crate::world::World;

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A task that records its runs. The first `failures` runs fail, alternately with an error and a panic.
fn failing(tasks: &Tasks, world: &World, failures: usize, policy: Restart) {
    let (world, runs) = (world.clone(), Arc::new(AtomicUsize::new(0)));
    tasks.restart("worker", policy, move |stop: CancellationToken| {
        let run = runs.fetch_add(1, Ordering::Relaxed);
        let world = world.clone();
        async move {
            world.note(format_args!("run {run}"));
            if run >= failures {
                stop.cancelled().await;
                return Ok::<_, BoxError>(());
            }
            assert!(run % 2 == 0, "injected");
            Err("injected".into())
        }
    });
}

/// D09, for tasks: each attempt comes after its own delay.
#[tokio::test(start_paused = true)]
async fn a_task_restarts_after_an_error_or_a_panic() {
    quiet();
    let (tasks, world) = (Tasks::new(), World::new());
    failing(
        &tasks,
        &world,
        3,
        Restart::after([millis(10), millis(20), millis(40)]),
    );
    sleep(millis(100)).await;
    let expected = ["  0 run 0", " 10 run 1", " 30 run 2", " 70 run 3"];
    assert_eq!(world.log(), expected);
    assert!(
        timeout(millis(100), tasks.ended()).await.is_err(),
        "the task is running"
    );
    tasks.close().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_task_fails_after_its_last_delay() {
    quiet();
    let (tasks, world) = (Tasks::new(), World::new());
    failing(&tasks, &world, 9, Restart::after([millis(10); 2]));
    let begun = Instant::now();
    let error = timeout(LIMIT, tasks.ended())
        .await
        .expect("the task failed");
    assert_eq!(begun.elapsed(), millis(20));
    assert_eq!(
        (error.path(), error.kind()),
        ("Tasks.worker", ErrorKind::Failed)
    );
    assert_eq!(world.events(), ["run 0", "run 1", "run 2"]);
    let error = tasks.close().await.unwrap_err();
    assert_eq!(error.path(), "Tasks.worker");
}

/// The delays start over after a run that was long enough, and only then.
#[tokio::test(start_paused = true)]
async fn the_delays_start_over_after_a_long_run() {
    quiet();
    let (tasks, world) = (Tasks::new(), World::new());
    let (log, runs) = (world.clone(), Arc::new(AtomicUsize::new(0)));
    // The second run is long. All others are short.
    let policy = Restart::after([millis(10), millis(100)]).reset_after(millis(50));
    tasks.restart("worker", policy, move |_: CancellationToken| {
        let run = runs.fetch_add(1, Ordering::Relaxed);
        let log = log.clone();
        async move {
            log.note(format_args!("run {run}"));
            sleep(millis(if run == 1 { 50 } else { 1 })).await;
            Err::<(), BoxError>("injected".into())
        }
    });
    timeout(LIMIT, tasks.ended())
        .await
        .expect("the task failed");
    let expected = ["  0 run 0", " 11 run 1", " 71 run 2", "172 run 3"];
    assert_eq!(world.log(), expected);
    tasks.close().await.unwrap_err();
}

/// A plain return is not a failure, although nobody asked for it.
#[tokio::test(start_paused = true)]
async fn a_task_that_returns_does_not_restart() {
    let (tasks, runs) = (Tasks::new(), Arc::new(AtomicUsize::new(0)));
    let counted = runs.clone();
    tasks.restart(
        "worker",
        Restart::after([millis(10); 3]),
        move |_: CancellationToken| {
            counted.fetch_add(1, Ordering::Relaxed);
            async { Ok::<_, BoxError>(()) }
        },
    );
    let error = timeout(LIMIT, tasks.ended()).await.expect("the task ended");
    assert_eq!(error.kind(), ErrorKind::Ended);
    sleep(millis(100)).await;
    assert_eq!(runs.load(Ordering::Relaxed), 1);
    tasks.close().await.unwrap();
}

/// A close waits neither for the delay nor for another run.
#[tokio::test(start_paused = true)]
async fn a_close_ends_the_wait_for_the_next_run() {
    quiet();
    let (tasks, world) = (Tasks::new(), World::new());
    failing(
        &tasks,
        &world,
        9,
        Restart::after([Duration::from_secs(60); 9]),
    );
    tokio::task::yield_now().await;
    let begun = Instant::now();
    let _ = tasks.close().await;
    assert_eq!(begun.elapsed(), Duration::ZERO);
    sleep(Duration::from_secs(600)).await;
    assert_eq!(world.events(), ["run 0"]);
}

/// P2: the objects of a run close before the next run begins.
#[tokio::test(start_paused = true)]
async fn the_objects_of_a_run_close_before_the_next_run_begins() {
    quiet();
    let _counting = crate::REAPER.read().await;
    let (tasks, world) = (Tasks::new(), World::new());
    let log = world.clone();
    tasks.restart(
        "worker",
        Restart::after([millis(10)]),
        move |_: CancellationToken| {
            let log = log.clone();
            async move {
                let _own = log.timed("own", 0, 30).make().await?;
                Err::<(), BoxError>("injected".into())
            }
        },
    );
    timeout(LIMIT, tasks.ended())
        .await
        .expect("the task failed");
    tasks.close().await.unwrap_err();
    let expected = [
        "  0 init own",
        "  0 made own",
        "  0 close own",
        " 30 closed own",
        " 40 init own",
        " 40 made own",
        " 40 close own",
        " 70 closed own",
    ];
    assert_eq!(world.log(), expected);
}

/// The path is the same as for any task.
#[tokio::test(start_paused = true)]
async fn the_error_of_a_task_that_failed_for_good_has_the_path_of_its_owner() {
    quiet();
    #[derive(AObject)]
    struct App {
        world: World,
        #[aobject(init = {
            let tasks = Tasks::new();
            failing(&tasks, world, 9, Restart::after([millis(1)]));
            tasks
        })]
        tasks: Tasks,
    }
    let app = App::new(World::new()).await.unwrap();
    timeout(LIMIT, app.tasks.ended())
        .await
        .expect("the task failed");
    assert_eq!(app.close().await.unwrap_err().path(), "App.tasks.worker");
}
