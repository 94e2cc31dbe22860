//! The names of tasks, and the observers of their end.

use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aobject::{AObject, BoxError, CancellationToken, Error, ErrorKind, Live, Ready, Tasks};
use aobject::{Report, set_report_hook};
use tokio::time::{Instant, sleep, timeout};

use super::LIMIT;
use crate::{REAPER, quiet};

/// Parts of one type, with one worker each.
#[derive(AObject)]
struct Part {
    fails: bool,
    #[aobject(init = worker(*fails))]
    tasks: Tasks,
}

fn worker(fails: bool) -> Tasks {
    let tasks = Tasks::new();
    tasks.try_spawn("flush", async move |stop| {
        if fails {
            return Err("connection refused".into());
        }
        stop.cancelled().await;
        Ok(())
    });
    tasks
}

#[derive(AObject)]
struct App {
    #[aobject(init = Part::new(false).await?)]
    mailer: Live<Part>,
    #[aobject(init = Part::new(true).await?)]
    outbox: Live<Part>,
    #[aobject(init = aobject::try_join_all([false, true].map(Part::new)).await?)]
    shards: Vec<Live<Part>>,
}

#[tokio::test]
async fn the_path_of_a_task_s_error_names_its_component() {
    quiet();
    let app = App::new().await.unwrap();
    assert_eq!((app.mailer.fails, app.shards[1].fails), (false, true));
    let outbox = timeout(LIMIT, app.outbox.tasks.ended()).await.unwrap();
    assert_eq!(outbox.kind(), ErrorKind::Failed);
    assert!(outbox.path().ends_with("tasks.flush") || outbox.path().ends_with("Tasks.flush"));
    timeout(LIMIT, app.shards[1].tasks.ended()).await.unwrap();
    let error = app.close().await.unwrap_err();
    let all = std::iter::once(&error).chain(error.related());
    let mut paths: Vec<_> = all.map(Error::path).collect();
    paths.sort_unstable();
    let expected = ["App.outbox.tasks.flush", "App.shards[1].tasks.flush"];
    assert_eq!(paths, expected);
}

#[tokio::test]
async fn every_way_to_spawn_names_its_task() {
    quiet();
    let tasks = Tasks::new();
    tasks.try_spawn("tried", async |_| Err("injected".into()));
    tasks.spawn(String::from("spawned"), async |_| panic!("injected"));
    let ready = tasks.spawn_ready(
        "ready",
        async |_, ready: Ready<u8>| -> Result<(), BoxError> {
            ready.send(1);
            Err("injected".into())
        },
    );
    assert_eq!(ready.await.unwrap(), 1);
    tasks.spawn(
        "panics early",
        |_: CancellationToken| -> std::future::Ready<()> { panic!("injected") },
    );
    let error = tasks.close().await.unwrap_err();
    let all = std::iter::once(&error).chain(error.related());
    let mut paths: Vec<_> = all.map(Error::path).collect();
    paths.sort_unstable();
    let expected = [
        "Tasks.panics early",
        "Tasks.ready",
        "Tasks.spawned",
        "Tasks.tried",
    ];
    assert_eq!(paths, expected);
}

/// Collects the reports about tasks that this file spawns, and that run on this thread: tests run concurrently.
fn reports() -> Arc<Mutex<Vec<(u32, String)>>> {
    let reports = Arc::new(Mutex::new(Vec::new()));
    let collected = reports.clone();
    let here = std::thread::current().id();
    set_report_hook(move |report: &Report<'_>| {
        let is_here = std::thread::current().id() == here;
        let place = report.made_at();
        let place = place.filter(|place| is_here && place.file() == file!());
        let lines = place.map(|place| (place.line(), report.to_string()));
        collected.lock().unwrap().extend(lines);
    });
    reports
}

/// The report does not name the owner, which may not be made yet.
#[tokio::test]
async fn a_report_of_a_task_has_its_name_its_cause_and_the_place_of_its_spawn() {
    let _alone = REAPER.write().await;
    quiet();
    let reports = reports();
    let tasks = Tasks::new();
    let line = line!() + 1;
    tasks.try_spawn("flush", async |_| Err("connection refused".into()));
    tasks.spawn("sweep", async |_| panic!("injected"));
    tokio::task::yield_now().await;
    {
        let reports = reports.lock().unwrap();
        let lines: Vec<_> = reports.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [line, line + 1], "{reports:?}");
        assert!(reports[0].1.contains("flush") && reports[0].1.contains("connection refused"));
        assert!(reports[1].1.contains("sweep") && reports[1].1.contains("injected"));
    }
    set_report_hook(|_| {});
    tasks.close().await.unwrap_err();
}

/// An error, a panic or a plain return: the first one, now and for later callers.
#[tokio::test(start_paused = true)]
async fn ended_returns_the_first_task_that_ends_without_being_asked_to() {
    quiet();
    for (way, kind) in [
        (0, ErrorKind::Failed),
        (1, ErrorKind::Panicked),
        (2, ErrorKind::Ended),
    ] {
        let tasks = Tasks::new();
        let begun = Instant::now();
        tasks.spawn("endless", async |_| pending().await);
        tasks.try_spawn("first", async move |_| {
            sleep(Duration::from_millis(10)).await;
            match way {
                0 => Err("injected".into()),
                1 => panic!("injected"),
                _ => Ok(()),
            }
        });
        tasks.try_spawn("second", async |_| {
            sleep(Duration::from_millis(20)).await;
            Err("injected".into())
        });
        let error = timeout(LIMIT, tasks.ended()).await.expect("a task ended");
        assert_eq!(begun.elapsed(), Duration::from_millis(10));
        assert_eq!((error.kind(), error.path()), (kind, "Tasks.first"));
        sleep(Duration::from_millis(20)).await;
        assert_eq!(
            tasks.ended().await.path(),
            "Tasks.first",
            "later calls return the same"
        );
        tasks.cancel();
        let _ = timeout(Duration::from_secs(6), tasks.close()).await;
    }
}

/// M06: a task that ends because it was asked to does not count.
#[tokio::test(start_paused = true)]
async fn ended_keeps_waiting_when_tasks_end_because_they_were_asked_to() {
    let tasks = Tasks::new();
    tasks.spawn("obeys", async |stop: CancellationToken| {
        stop.cancelled().await;
    });
    tasks.try_spawn("fails late", async |stop: CancellationToken| {
        stop.cancelled().await;
        Err("injected".into())
    });
    tokio::task::yield_now().await;
    tasks.cancel();
    assert!(
        timeout(Duration::from_secs(60), tasks.ended())
            .await
            .is_err()
    );
    assert_eq!(tasks.close().await.unwrap_err().path(), "Tasks.fails late");
}

/// Several callers may wait. Dropping one wait does not affect the others.
#[tokio::test]
async fn all_callers_of_ended_receive_the_same_error() {
    quiet();
    let tasks = Arc::new(Tasks::new());
    let waiting = [(); 3].map(|()| {
        let tasks = tasks.clone();
        tokio::spawn(async move { tasks.ended().await })
    });
    assert!(timeout(Duration::ZERO, tasks.ended()).await.is_err());
    tasks.try_spawn("fails", async |_| Err("injected".into()));
    for waiting in waiting {
        let error = timeout(LIMIT, waiting).await.unwrap().unwrap();
        assert_eq!(
            (error.path(), error.kind()),
            ("Tasks.fails", ErrorKind::Failed)
        );
    }
    Arc::into_inner(tasks).unwrap().close().await.unwrap_err();
}
