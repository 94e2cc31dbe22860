//! Tasks that are cut short by the end of their runtime or by a limit, and very many of them.

use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aobject::{
    AObject, CancellationToken, Error, ErrorKind, Ready, Report, Tasks, set_report_hook,
};
use tokio::runtime::{Builder, Runtime};
use tokio::time::Instant;

use super::LIMIT;
use crate::world::World;
use crate::{REAPER, quiet};

fn runtimes() -> [Runtime; 2] {
    let mut several = Builder::new_multi_thread();
    let several = several.worker_threads(2).enable_all().build().unwrap();
    [runtime(), several]
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn all(error: &Error) -> Vec<(&str, ErrorKind)> {
    let all = std::iter::once(error).chain(error.related());
    let mut all: Vec<_> = all.map(|error| (error.path(), error.kind())).collect();
    all.sort_unstable_by_key(|(path, _)| *path);
    all
}

/// The task would have flushed. The close on another runtime reports that it has not.
#[test]
fn a_task_cut_short_by_its_runtime_is_lost() {
    let _alone = REAPER.blocking_write();
    quiet();
    for first in runtimes() {
        let tasks = first.block_on(async {
            let tasks = Tasks::new();
            for name in ["flush", "sweep"] {
                tasks.spawn(name, async |stop: CancellationToken| {
                    stop.cancelled().await;
                    pending::<()>().await;
                });
            }
            tasks.spawn("ends", async |stop: CancellationToken| {
                stop.cancelled().await;
            });
            tokio::task::yield_now().await;
            tasks
        });
        let closing = tasks.close();
        drop(first);
        let error = runtime().block_on(closing).unwrap_err();
        let lost = all(&error);
        assert!(lost.contains(&("Tasks.flush", ErrorKind::Lost)), "{lost:?}");
        assert!(lost.contains(&("Tasks.sweep", ErrorKind::Lost)), "{lost:?}");
    }
}

/// The task had ended normally before its runtime did.
#[test]
fn a_task_that_ended_before_its_runtime_is_not_lost() {
    let _alone = REAPER.blocking_write();
    for first in runtimes() {
        let tasks = first.block_on(async {
            let tasks = Tasks::new();
            let ready = tasks.spawn_ready("ends", async |_, ready: Ready<()>| ready.send(()));
            ready.await.unwrap();
            while !format!("{tasks:?}").contains("running: 0") {
                tokio::task::yield_now().await;
            }
            tasks
        });
        drop(first);
        runtime().block_on(tasks.close()).unwrap();
    }
}

/// Reported when it happens, with the name of the task and the place of its spawn, because its owner may be gone.
#[test]
fn a_task_cut_short_by_its_runtime_is_reported() {
    let _alone = REAPER.blocking_write();
    quiet();
    let reports = Arc::new(Mutex::new(Vec::new()));
    let collected = reports.clone();
    set_report_hook(move |report: &Report<'_>| {
        let is_own = report
            .made_at()
            .is_some_and(|place| place.file() == file!());
        let error = report.error().filter(|_| is_own);
        let lines = error.map(|error| (error.kind(), report.to_string()));
        collected.lock().unwrap().extend(lines);
    });
    let first = runtime();
    let tasks = first.block_on(async {
        let tasks = Tasks::new();
        tasks.spawn("flush", async |_| pending().await);
        tokio::task::yield_now().await;
        tasks
    });
    drop(first);
    set_report_hook(|_| {});
    let reports = std::mem::take(&mut *reports.lock().unwrap());
    let [(ErrorKind::Lost, report)] = reports.as_slice() else {
        panic!("{reports:?}")
    };
    assert!(report.contains("flush"), "{report}");
    runtime().block_on(tasks.close()).unwrap_err();
}

/// In a field, the error has the path of the owner.
#[test]
fn an_object_s_task_that_is_cut_short_is_lost() {
    #[derive(AObject)]
    struct App {
        #[aobject(init = {
            let tasks = Tasks::new();
            tasks.spawn("flush", async |_| pending().await);
            tasks
        })]
        tasks: Tasks,
    }
    let _alone = REAPER.blocking_write();
    quiet();
    for first in runtimes() {
        let app = first.block_on(App::new()).unwrap();
        drop(first);
        let error = runtime().block_on(app.close()).unwrap_err();
        assert_eq!(all(&error), [("App.tasks.flush", ErrorKind::Lost)]);
    }
}

/// The first errors, and how many more there were.
fn check_bounded(error: &Error, number: usize) {
    let listed = 1 + error.related().len();
    assert!(listed <= 65, "{listed} errors");
    let report = format!("{error:#}");
    assert!(
        report.lines().count() <= 70,
        "{} lines",
        report.lines().count()
    );
    let more = format!("{} more", number - listed);
    assert!(report.contains(&more), "no {more:?} in {report}");
    let line = error.to_string();
    assert!(line.contains(&format!("{} more", number - 1)), "{line}");
}

#[tokio::test]
async fn the_close_of_a_thousand_failed_tasks_returns_the_first_errors_and_the_number_of_the_rest()
{
    let _counting = REAPER.read().await;
    quiet();
    let tasks = Tasks::new();
    for _ in 0..1000 {
        tasks.try_spawn("fails", async |stop: CancellationToken| {
            stop.cancelled().await;
            Err("injected".into())
        });
    }
    check_bounded(&tasks.close().await.unwrap_err(), 1000);
}

/// The tasks failed long before the close.
#[tokio::test]
async fn a_thousand_errors_are_not_kept_until_the_close() {
    let _counting = REAPER.read().await;
    quiet();
    let tasks = Tasks::new();
    for _ in 0..1000 {
        tasks.try_spawn("fails", async |_| Err("injected".into()));
        tokio::task::yield_now().await;
    }
    check_bounded(&tasks.close().await.unwrap_err(), 1000);
}

#[tokio::test(start_paused = true)]
async fn the_close_of_a_thousand_overdue_tasks_is_bounded() {
    let _counting = REAPER.read().await;
    quiet();
    let tasks = Tasks::new().limit(Duration::from_secs(1));
    for _ in 0..1000 {
        tasks.spawn("hangs", async |_| pending().await);
    }
    let error = tasks.close().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    check_bounded(&error, 1000);
}

/// Nobody awaits the close. It makes one report of a few lines.
#[tokio::test]
async fn the_report_of_a_thousand_failures_is_bounded() {
    let _alone = REAPER.write().await;
    quiet();
    let reports = Arc::new(Mutex::new(Vec::new()));
    let collected = reports.clone();
    set_report_hook(move |report: &Report<'_>| {
        let is_own = report
            .error()
            .is_some_and(|error| error.path().contains("very many"));
        collected
            .lock()
            .unwrap()
            .extend(is_own.then(|| report.to_string()));
    });
    let tasks = Tasks::new();
    for _ in 0..1000 {
        tasks.try_spawn("very many", async |stop: CancellationToken| {
            stop.cancelled().await;
            Err("injected".into())
        });
    }
    drop(tasks);
    aobject::drain(LIMIT).await;
    set_report_hook(|_| {});
    let reports = reports.lock().unwrap();
    let lines: usize = reports.iter().map(|report| report.lines().count()).sum();
    assert!(
        (1..=70).contains(&lines),
        "{lines} lines in {} reports",
        reports.len()
    );
}

/// Overdue tasks, each with an object whose close takes longer than the time that is left.
async fn overrunning(world: &World, names: &[&'static str]) -> Tasks {
    let tasks = Tasks::new().limit(Duration::from_millis(10));
    for name in names {
        let held = world.timed(name, 0, 5000).make().await.unwrap();
        tasks.spawn("holds", async move |_| {
            let _held = held;
            pending::<()>().await;
        });
    }
    while !names.iter().all(|name| world.live().contains(name)) {
        tokio::task::yield_now().await;
    }
    tokio::task::yield_now().await;
    tasks
}

/// P5: the next drain finds the closes of aborted tasks, with no gap in between.
#[tokio::test(start_paused = true)]
async fn a_drain_after_a_close_that_aborted_tasks_waits_for_their_objects() {
    let _counting = REAPER.read().await;
    for names in [&["a"][..], &["a", "b"], &["a", "b", "c"]] {
        let world = World::new();
        let tasks = overrunning(&world, names).await;
        let begun = Instant::now();
        assert_eq!(tasks.close().await.unwrap_err().kind(), ErrorKind::TimedOut);
        assert!(begun.elapsed() < Duration::from_secs(1));
        let drained = aobject::drain(LIMIT).await;
        assert_eq!(
            (drained.pending, drained.errors.len()),
            (0, 0),
            "{drained:?}"
        );
        assert_eq!(world.broken(), [""; 0], "{names:?}");
    }
}

/// The same on several threads, where the runtime may drop the task at any time.
#[test]
fn a_drain_on_threads_after_a_close_that_aborted_tasks_waits_for_their_objects() {
    let _alone = REAPER.blocking_write();
    let [_, runtime] = runtimes();
    for _ in 0..50 {
        let world = World::new();
        runtime.block_on(async {
            let tasks = Tasks::new().limit(Duration::ZERO);
            let held = world.timed("held", 0, 150).make().await.unwrap();
            tasks.spawn("holds", async move |_| {
                let _held = held;
                pending::<()>().await;
            });
            tokio::task::yield_now().await;
            tasks.close().await.unwrap_err();
            let drained = aobject::drain(LIMIT).await;
            assert_eq!(
                (drained.pending, drained.errors.len()),
                (0, 0),
                "{drained:?}"
            );
        });
        assert_eq!(world.broken(), [""; 0]);
    }
}

/// The program ends immediately after the close.
#[test]
fn the_end_of_a_run_finds_the_objects_of_an_aborted_task() {
    let _alone = REAPER.blocking_write();
    let world = World::new();
    let runner = aobject::Runner::new().current_thread().signals(false);
    let ended = runner.run(async {
        let tasks = Tasks::new().limit(Duration::ZERO);
        let held = world.timed("held", 0, 150).make().await.unwrap();
        tasks.spawn("holds", async move |_| {
            let _held = held;
            pending::<()>().await;
        });
        tokio::task::yield_now().await;
        tasks.close().await.unwrap_err();
    });
    ended.unwrap();
    assert_eq!(world.broken(), [""; 0]);
}
