//! Background tasks that an object owns.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aobject::{AObject, BoxError, CancellationToken, Close, ErrorKind, Live, Phase, Ready, Tasks};
use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use crate::world::{Part, World, line};
use crate::{REAPER, quiet};

mod cut_short;
mod ending;
mod names;
mod owner;
mod restart;

const LIMIT: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_close_asks_the_tasks_to_end_and_waits_for_them() {
    let world = World::new();
    let tasks = Tasks::new();
    for name in ["a", "b"] {
        let world = world.clone();
        tasks.spawn(name, async move |stop: CancellationToken| {
            stop.cancelled().await;
            tokio::task::yield_now().await;
            world.note(name);
        });
    }
    tokio::task::yield_now().await;
    assert_eq!(world.events(), [""; 0]);
    tasks.close().await.unwrap();
    assert_eq!(world.events(), ["a", "b"]);
}

#[tokio::test]
async fn tasks_may_be_asked_to_end_before_they_are_closed() {
    let tasks = Tasks::new();
    let (ended, has_ended) = oneshot::channel();
    tasks.spawn("report the end", async move |stop: CancellationToken| {
        stop.cancelled().await;
        ended.send(()).unwrap();
    });
    tasks.cancel();
    has_ended.await.unwrap();
    tasks.close().await.unwrap();
}

/// Cancelling a task that has not run is not an error. The task runs and is asked to end.
#[tokio::test]
async fn a_task_that_has_not_run_yet_is_asked_to_end_too() {
    let tasks = Tasks::new();
    let (ran, has_run) = oneshot::channel();
    tasks.spawn("look at the token", async move |stop: CancellationToken| {
        ran.send(stop.is_cancelled()).unwrap();
    });
    tasks.close().await.unwrap();
    assert!(has_run.await.unwrap());
}

/// The task is dropped at its limit, and the error has its name.
#[tokio::test(start_paused = true)]
async fn a_task_that_does_not_end_is_aborted_after_the_limit() {
    let dropped = Arc::new(());
    let held = dropped.clone();
    let tasks = Tasks::new().limit(Duration::from_secs(3));
    tasks.spawn("obey", async |stop: CancellationToken| {
        stop.cancelled().await;
    });
    tasks.spawn("overrun", async move |_| {
        pending::<()>().await;
        drop(held);
    });
    let begun = Instant::now();
    let error = tasks.close().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.path()),
        (ErrorKind::TimedOut, "Tasks.overrun")
    );
    assert_eq!(begun.elapsed(), Duration::from_secs(3));
    assert_eq!(Arc::strong_count(&dropped), 1, "the task is gone");
}

#[tokio::test]
async fn the_close_returns_errors_and_panics_of_tasks() {
    quiet();
    let tasks = Tasks::new();
    tasks.try_spawn("fail", async |_| Err("injected".into()));
    tasks.spawn("panic", async |_| panic!("injected"));
    tasks.try_spawn("return", async |_| Ok(()));
    tasks.spawn(
        "panic at the call",
        |_: CancellationToken| -> std::future::Ready<()> { panic!("injected before the future") },
    );
    let error = tasks.close().await.unwrap_err();
    let mut lines: Vec<_> = std::iter::once(&error)
        .chain(error.related())
        .map(|error| line(error))
        .collect();
    lines[0] = lines[0].replace(" (and 2 more errors)", "");
    lines.sort();
    assert_eq!(
        lines,
        [
            "close of `Tasks.fail` failed: injected",
            "close of `Tasks.panic at the call` panicked: injected before the future",
            "close of `Tasks.panic` panicked: injected",
        ]
    );
}

/// The memory of ended tasks is freed. Their errors are kept.
#[tokio::test]
async fn very_many_tasks_may_come_and_go() {
    let tasks = Tasks::new();
    let ran = Arc::new(AtomicUsize::new(0));
    tasks.try_spawn("fail", async |_| Err("the first".into()));
    for _ in 0..10_000 {
        let ran = ran.clone();
        tasks.spawn("count", async move |_| {
            ran.fetch_add(1, Ordering::Relaxed);
        });
        tokio::task::yield_now().await;
    }
    assert_eq!(ran.load(Ordering::Relaxed), 10_000);
    assert_eq!(size_of_running(&tasks), 0);
    assert_eq!(tasks.close().await.unwrap_err().path(), "Tasks.fail");
}

fn size_of_running(tasks: &Tasks) -> usize {
    let text = format!("{tasks:?}");
    let number = text
        .split("running: ")
        .nth(1)
        .unwrap()
        .split(|sign: char| !sign.is_ascii_digit())
        .next();
    number.unwrap().parse().unwrap()
}

/// M01.
#[tokio::test]
async fn a_task_signals_when_it_is_ready() {
    let tasks = Tasks::new();
    let ready = tasks.spawn_ready(
        "serve",
        async |stop: CancellationToken, ready: Ready<u16>| {
            ready.send(8080);
            stop.cancelled().await;
        },
    );
    assert_eq!(ready.await.unwrap(), 8080);
    tasks.close().await.unwrap();
}

#[tokio::test]
async fn a_task_that_ends_before_it_is_ready_returns_the_reason() {
    quiet();
    let tasks = Tasks::new();
    let failing = tasks.spawn_ready("fail", async |_, _: Ready<()>| -> Result<(), BoxError> {
        Err("no port".into())
    });
    let ending = tasks.spawn_ready("return", async |_, _: Ready<()>| {});
    let panicking = tasks.spawn_ready("panic", async |_, _: Ready<()>| panic!("injected"));
    assert_eq!(
        line(&failing.await.unwrap_err()),
        "init of `Tasks.fail` failed: no port"
    );
    assert_eq!(
        line(&ending.await.unwrap_err()),
        "init of `Tasks.return` failed: the task ended before it was ready"
    );
    let panicked = panicking.await.unwrap_err();
    assert_eq!(
        (panicked.kind(), panicked.phase()),
        (ErrorKind::Panicked, Phase::Init)
    );
    tasks.close().await.unwrap();
}

#[tokio::test]
async fn the_close_returns_a_failure_that_nobody_waited_for() {
    let tasks = Tasks::new();
    drop(
        tasks.spawn_ready("fail", async |_, _: Ready<()>| -> Result<(), BoxError> {
            Err("no port".into())
        }),
    );
    assert_eq!(
        line(&tasks.close().await.unwrap_err()),
        "close of `Tasks.fail` failed: no port"
    );
}

/// M06: the tasks end before the objects that they use begin to close.
#[tokio::test]
async fn the_tasks_of_an_object_end_before_the_objects_they_use_close() {
    #[derive(AObject)]
    struct Service {
        world: World,
        #[aobject(init = world.part("pool", &[]).make().await?)]
        pool: Live<Part>,
        #[aobject(init = work(world), after(pool))]
        tasks: Tasks,
    }
    fn work(world: &World) -> Tasks {
        let (tasks, world) = (Tasks::new(), world.clone());
        tasks.try_spawn("use the pool", async move |stop: CancellationToken| {
            let _own = world.part("own", &["pool"]).make().await?;
            stop.cancelled().await;
            Ok(())
        });
        tasks
    }
    let world = World::new();
    let service = Service::new(world.clone()).await.unwrap();
    while world.counts("own").0 == 0 {
        tokio::task::yield_now().await;
    }
    service.close().await.unwrap();
    assert_eq!(
        world.broken(),
        [""; 0],
        "the object that the task dropped closed in its turn"
    );
    assert_eq!(world.counts("own"), (1, 1));
}

#[tokio::test]
async fn the_error_of_a_task_has_the_path_of_its_owner() {
    #[derive(AObject)]
    struct Service {
        #[aobject(default)]
        tasks: Tasks,
    }
    let service = Service::new().await.unwrap();
    service
        .tasks
        .try_spawn("fail", async |_| Err("injected".into()));
    assert_eq!(
        service.close().await.unwrap_err().path(),
        "Service.tasks.fail"
    );
    assert_eq!(
        vec![failing()].close().await.unwrap_err().path(),
        "Tasks[0].fail"
    );
}

/// The owner of tasks that drop its last share.
#[derive(AObject)]
struct Owner {
    world: World,
    #[aobject(init = world.part("pool", &[]).make().await?)]
    pool: Live<Part>,
    #[aobject(init = Tasks::new(), after(pool))]
    tasks: Tasks,
}

/// A task closes its owner in its last poll, earlier, or by waiting for the close. The close never waits for
/// itself: on a paused clock, an expired limit would show.
#[tokio::test(start_paused = true)]
async fn a_task_may_close_its_owner() {
    let _counting = REAPER.read().await;
    for way in 0..4 {
        let world = World::new();
        let owner = Owner::new(world.clone()).await.unwrap().share();
        let (mine, begun, dropped) = (owner.clone(), Instant::now(), Arc::new(Notify::new()));
        let gone = dropped.clone();
        owner.tasks.spawn(
            "close the owner",
            async move |stop: CancellationToken| match way {
                0 => {
                    gone.notified().await;
                    drop(mine);
                }
                1 => drop(mine),
                2 => {
                    drop(mine);
                    stop.cancelled().await;
                    tokio::task::yield_now().await;
                }
                _ => mine.close().await.unwrap(),
            },
        );
        let weak = owner.downgrade();
        drop(owner);
        dropped.notify_one();
        while weak.upgrade().is_some() || !world.live().is_empty() {
            tokio::task::yield_now().await;
        }
        let drained = aobject::drain(LIMIT).await;
        assert_eq!(
            (drained.pending, drained.errors.len(), begun.elapsed()),
            (0, 0, Duration::ZERO),
            "way {way}"
        );
        assert_eq!(world.counts("pool"), (1, 1));
    }
}

/// The overdue task is dropped, and its objects close before the objects that they use.
#[tokio::test(start_paused = true)]
async fn the_objects_of_an_overdue_task_close_before_the_objects_they_use() {
    let world = World::new();
    let owner = Owner::new(world.clone()).await.unwrap();
    let held = world.clone();
    owner.tasks.try_spawn("overrun", async move |_| {
        let _own = held.part("own", &["pool"]).make().await?;
        pending().await
    });
    while world.counts("own").0 == 0 {
        tokio::task::yield_now().await;
    }
    let error = owner.close().await.unwrap_err();
    assert_eq!(
        (error.path(), error.kind()),
        ("Owner.tasks.overrun", ErrorKind::TimedOut)
    );
    assert_eq!((world.broken(), world.live()), (vec![], vec![]));
}

/// The task ends by itself exactly at its limit. Its error is returned, whether it overran or not.
#[tokio::test(start_paused = true)]
async fn the_error_of_a_task_that_ends_at_its_limit_is_returned() {
    let tasks = Tasks::new().limit(Duration::from_secs(1));
    tasks.try_spawn("fail at the limit", async move |stop: CancellationToken| {
        stop.cancelled().await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        Err("disk full".into())
    });
    tokio::task::yield_now().await;
    let error = tasks.close().await.unwrap_err();
    let lines: Vec<_> = std::iter::once(&error)
        .chain(error.related())
        .map(|error| line(error))
        .collect();
    assert!(
        lines
            .iter()
            .any(|line| line == "close of `Tasks.fail at the limit` failed: disk full"),
        "{lines:?}"
    );
}

/// A limit of zero applies only to tasks that have not ended.
#[tokio::test]
async fn ended_tasks_have_not_overrun() {
    let tasks = Tasks::new().limit(Duration::ZERO);
    for _ in 0..1000 {
        tasks.spawn("return", async |_| {});
    }
    while size_of_running(&tasks) > 0 {
        tokio::task::yield_now().await;
    }
    tasks.close().await.unwrap();
}

/// The destructor of the error uses the tasks again.
#[tokio::test]
async fn no_user_code_runs_under_the_lock() {
    let _counting = REAPER.read().await;
    quiet();
    #[derive(Debug)]
    struct Spawning(std::sync::Weak<Tasks>);
    impl std::fmt::Display for Spawning {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("injected")
        }
    }
    impl std::error::Error for Spawning {}
    impl Drop for Spawning {
        fn drop(&mut self) {
            if let Some(tasks) = self.0.upgrade() {
                tasks.spawn("return", async |_| {});
            }
        }
    }
    let tasks = Arc::new(Tasks::new());
    for _ in 0..500 {
        let again = Arc::downgrade(&tasks);
        tasks.try_spawn("fail", async move |_| Err(Spawning(again).into()));
        tokio::task::yield_now().await;
    }
    drop(tasks);
    assert_eq!(aobject::drain(LIMIT).await.closed, 1);
}

/// Reported at once, and returned by the close, even if its `Display` panics.
#[tokio::test]
async fn an_error_that_panics_when_it_is_formatted_is_not_lost() {
    quiet();
    #[derive(Debug)]
    struct Untold;
    impl std::fmt::Display for Untold {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            panic!("injected")
        }
    }
    impl std::error::Error for Untold {}
    let tasks = Tasks::new();
    tasks.try_spawn("fail", async |_| Err(Untold.into()));
    tokio::task::yield_now().await;
    assert!(
        tasks
            .close()
            .await
            .unwrap_err()
            .downcast_ref::<Untold>()
            .is_some()
    );
}

#[tokio::test]
async fn the_waiter_for_an_aborted_task_receives_an_error_even_if_its_ready_is_kept() {
    let tasks = Tasks::new().limit(Duration::ZERO);
    let kept = Arc::new(std::sync::Mutex::new(None));
    let keep = kept.clone();
    let until_ready = tasks.spawn_ready("keep its ready", async move |_, ready: Ready<()>| {
        *keep.lock().unwrap() = Some(ready);
        pending::<()>().await;
    });
    tokio::task::yield_now().await;
    assert_eq!(tasks.close().await.unwrap_err().kind(), ErrorKind::TimedOut);
    assert_eq!(until_ready.await.unwrap_err().phase(), Phase::Init);
    assert!(kept.lock().unwrap().is_some());
}

fn failing() -> Tasks {
    let tasks = Tasks::new();
    tasks.try_spawn("fail", async |_| Err("injected".into()));
    tasks
}

#[tokio::test]
async fn dropped_tasks_are_asked_to_end_in_the_background() {
    let _counting = REAPER.read().await;
    let ended = Arc::new(Notify::new());
    let tasks = Tasks::new();
    let end = ended.clone();
    tasks.spawn("report the end", async move |stop: CancellationToken| {
        stop.cancelled().await;
        end.notify_one();
    });
    drop(tasks);
    assert_eq!(aobject::drain(LIMIT).await.closed, 1);
    ended.notified().await;
    drop(Tasks::new());
    assert_eq!(aobject::drain(LIMIT).await.closed, 0, "there were no tasks");
}

#[tokio::test]
async fn every_method_of_tasks_works_in_spawned_tasks() {
    let tasks = Tasks::new();
    let outer = tokio::spawn(async move {
        tasks.spawn("spawn", async |_| {});
        tasks.try_spawn("try_spawn", async |_| Ok(()));
        tasks
            .spawn_ready("spawn_ready", async |_, ready: Ready<u8>| ready.send(1))
            .await?;
        tasks.close().await
    });
    outer.await.unwrap().unwrap();
}

/// The task never returns to its runtime. The close continues without it and returns an error.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_that_blocks_its_thread_delays_the_close_no_longer_than_its_limit() {
    let (release, released) = std::sync::mpsc::channel::<()>();
    let (begun, has_begun) = oneshot::channel();
    let tasks = Tasks::new().limit(Duration::from_millis(10));
    tasks.spawn("block", async move |_| {
        begun.send(()).unwrap();
        released.recv().unwrap_err();
    });
    has_begun.await.unwrap();
    let error = tasks.close().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.path()),
        (ErrorKind::TimedOut, "Tasks.block")
    );
    drop(release);
}

/// E03: work that must not be cut short runs in a task. The task is asked to end rather than dropped, and its
/// object is closed.
#[tokio::test(start_paused = true)]
async fn work_in_a_task_completes_when_the_init_around_it_is_cancelled() {
    let _counting = REAPER.read().await;
    #[derive(AObject)]
    struct Careful {
        world: World,
        #[aobject(default)]
        tasks: Tasks,
        #[aobject(init = {
            let part = world.timed("part", 10, 10).start();
            tasks.spawn_ready("make the part", async |_, ready: Ready<Live<Part>>| {
                ready.send(part.await?);
                Ok::<_, aobject::Error>(())
            })
            .await?
        })]
        _part: Live<Part>,
    }
    let world = World::new();
    let start = Careful::new(world.clone());
    tokio::time::timeout(Duration::from_millis(5), start)
        .await
        .unwrap_err();
    aobject::drain(LIMIT).await;
    assert_eq!(
        world.log(),
        [
            "  0 init part",
            " 10 made part",
            " 10 close part",
            " 20 closed part"
        ]
    );
}
