//! Programs that stop from inside, and their one clock, as far as one process can show. Signals are in
//! `tests/process`.

use std::error::Error as _;
use std::future::pending;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use aobject::{AObject, BoxError, CancellationToken, Cause, Error, ErrorKind, Phase, Runner};
use aobject::{Restart, State, Stopped, Tasks, fail, ready, state, stop, stopped};

use crate::world::World;
use crate::{REAPER, quiet};

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn runner() -> Runner {
    Runner::new().current_thread().signals(false)
}

fn runners() -> [Runner; 2] {
    [runner(), Runner::new().worker_threads(2).signals(false)]
}

fn injected() -> Error {
    Error::new(Phase::Close, "the disk is gone")
}

/// The error of `fail`, with its chain of sources.
fn sources(stopped: &Stopped) -> String {
    let sources = std::iter::successors(stopped.source(), |error| (*error).source());
    sources
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}

/// As with a signal: a body that has not opted in is dropped, and its objects are closed.
#[test]
fn a_stop_from_inside_drops_a_body_that_does_not_wait_for_it() {
    let _counting = REAPER.blocking_read();
    for runner in runners() {
        let world = World::new();
        let ended = runner.run(async {
            let _part = world.part("part", &[]).make().await.unwrap();
            stop();
            pending::<()>().await;
        });
        let stopped = ended.unwrap_err();
        assert_eq!(stopped.cause(), Cause::Asked);
        assert!(stopped.source().is_none());
        assert_eq!(world.broken(), [""; 0]);
    }
}

#[test]
fn a_body_that_waits_for_the_stop_ends_by_itself() {
    let _counting = REAPER.blocking_read();
    for runner in runners() {
        let ended = runner.run(async {
            stop();
            stop();
            stopped().await;
            tokio::task::yield_now().await;
            stopped().await;
            42
        });
        assert_eq!(ended, Ok(42), "a second stop is not a second signal");
    }
}

/// From a task, from a thread that blocks, and from one of tokio's closures.
#[test]
fn a_stop_may_come_from_anywhere_in_the_program() {
    let _counting = REAPER.blocking_read();
    for way in 0..3 {
        for runner in runners() {
            let ended = runner.run(async move {
                match way {
                    0 => drop(tokio::spawn(async { stop() })),
                    1 => drop(tokio::task::spawn_blocking(stop)),
                    _ => stop(),
                }
                pending::<()>().await;
            });
            assert_eq!(ended.unwrap_err().cause(), Cause::Asked, "way {way}");
        }
    }
}

/// The body ends normally, but the program has failed.
#[test]
fn a_failed_program_ends_with_its_error_even_if_its_body_succeeds() {
    let _counting = REAPER.blocking_read();
    for waits in [false, true] {
        for runner in runners() {
            let world = World::new();
            let ended = runner.run(async {
                let _part = world.part("part", &[]).make().await.unwrap();
                fail(injected());
                if waits {
                    stopped().await;
                } else {
                    pending::<()>().await;
                }
            });
            let stopped = ended.unwrap_err();
            assert_eq!(stopped.cause(), Cause::Failed);
            assert!(
                sources(&stopped).contains("the disk is gone"),
                "{stopped:?}"
            );
            assert_eq!(world.broken(), [""; 0]);
        }
    }
}

/// The first reason counts.
#[test]
fn later_reasons_do_not_replace_the_first() {
    let _counting = REAPER.blocking_read();
    let asked = runner().run(async {
        stop();
        fail(injected());
        pending::<()>().await;
    });
    assert_eq!(asked.unwrap_err().cause(), Cause::Asked);
    let failed = runner().run(async {
        fail(injected());
        fail(Error::new(Phase::Close, "another"));
        stop();
        pending::<()>().await;
    });
    let failed = failed.unwrap_err();
    assert_eq!(failed.cause(), Cause::Failed);
    assert!(sources(&failed).contains("the disk is gone"), "{failed:?}");
}

/// Concurrent programs in one process do not stop each other.
#[test]
fn a_stop_affects_only_its_own_program() {
    let _counting = REAPER.blocking_read();
    let (begun, has_begun) = mpsc::channel();
    let (end, has_ended) = tokio::sync::oneshot::channel::<()>();
    let other = std::thread::spawn(move || {
        runner().run(async move {
            begun.send(()).unwrap();
            has_ended.await.unwrap();
            7
        })
    });
    has_begun.recv().unwrap();
    let own = runner().run(async {
        stop();
        pending::<()>().await;
    });
    assert!(own.is_err());
    end.send(()).unwrap();
    assert_eq!(other.join().unwrap(), Ok(7));
}

#[derive(AObject)]
struct Service {
    way: usize,
    #[aobject(init = essential(*way))]
    tasks: Tasks,
}

fn essential(way: usize) -> Tasks {
    let tasks = Tasks::new().essential();
    match way {
        0 => tasks.try_spawn("feed", async |_| Err("connection refused".into())),
        1 => tasks.spawn("feed", async |_| panic!("injected")),
        2 => tasks.spawn("feed", async |_| {}),
        _ => tasks.restart(
            "feed",
            Restart::after([millis(1)]),
            |_: CancellationToken| async { Err::<(), BoxError>("connection refused".into()) },
        ),
    }
    tasks
}

/// An error, a panic, a plain return, and the last failure of a task that restarts.
#[test]
fn an_essential_task_that_ends_without_being_asked_to_stops_the_program_with_its_error() {
    let _counting = REAPER.blocking_read();
    quiet();
    let kinds = [
        ErrorKind::Failed,
        ErrorKind::Panicked,
        ErrorKind::Ended,
        ErrorKind::Failed,
    ];
    for (way, kind) in kinds.into_iter().enumerate() {
        for opts_in in [false, true] {
            for runner in runners() {
                let ended = runner.run(async {
                    let service = Service::new(way).await.unwrap();
                    assert_eq!(service.way, way);
                    if opts_in {
                        stopped().await;
                        let _ = service.close().await;
                    } else {
                        pending::<()>().await;
                    }
                });
                let stopped = ended.unwrap_err();
                assert_eq!(stopped.cause(), Cause::Failed);
                let error = stopped.source().unwrap().downcast_ref::<Error>().unwrap();
                assert_eq!(error.kind(), kind, "{error:#}");
                assert!(error.path().contains("feed"), "{error:#}");
            }
        }
    }
}

/// M06: the close of their owner asked these tasks to end.
#[test]
fn essential_tasks_that_were_asked_to_end_stop_nothing() {
    let _counting = REAPER.blocking_read();
    for runner in runners() {
        let ended = runner.run(async {
            let tasks = Tasks::new().essential();
            tasks.spawn("obeys", async |stop: CancellationToken| {
                stop.cancelled().await;
            });
            tokio::task::yield_now().await;
            tasks.close().await.unwrap();
            tokio::task::yield_now().await;
            42
        });
        assert_eq!(ended, Ok(42));
    }
}

/// Without a stop, the clock starts at the end of the body, however long the body took.
#[test]
fn the_clock_of_a_program_that_ends_by_itself_starts_at_its_end() {
    let _counting = REAPER.blocking_read();
    let world = World::new();
    let ended = runner().limit(millis(2000)).run(async {
        tokio::time::sleep(millis(50)).await;
        drop(world.timed("part", 0, 20).make().await.unwrap());
    });
    ended.unwrap();
    assert_eq!(world.broken(), [""; 0]);
}

struct Endless;

impl AObject for Endless {
    type Seed = ();

    async fn init((): ()) -> Result<Self, BoxError> {
        Ok(Self)
    }

    async fn close(self) -> Result<(), BoxError> {
        pending().await
    }
}

/// The limit covers the body and the closes together, not each of them.
#[test]
fn grace_and_closes_have_one_limit_together() {
    let _alone = REAPER.blocking_write();
    quiet();
    for grace in [
        None,
        Some(millis(100)),
        Some(millis(400)),
        Some(millis(5000)),
    ] {
        for runner in runners() {
            let limited = runner.limit(millis(400));
            let limited = match grace {
                Some(grace) => limited.grace(grace),
                None => limited,
            };
            let begun = Instant::now();
            let ended = limited.run(async {
                let _endless = Endless::start(()).await.unwrap();
                stop();
                stopped().await;
                pending::<()>().await;
            });
            let elapsed = begun.elapsed();
            assert_eq!(ended.unwrap_err().cause(), Cause::Asked);
            // A thread that blocks may take up to half a second more.
            assert!(elapsed < millis(1200), "{grace:?}: {elapsed:?}");
        }
    }
}

/// By default, the body gets half of the limit.
#[test]
fn the_grace_is_half_of_the_limit() {
    let _counting = REAPER.blocking_read();
    for (grace, expected) in [(None, 150), (Some(50), 50)] {
        let limited = runner().limit(millis(300));
        let limited = match grace {
            Some(grace) => limited.grace(millis(grace)),
            None => limited,
        };
        let begun = Instant::now();
        let ended = limited.run(async {
            stop();
            stopped().await;
            pending::<()>().await;
        });
        assert!(ended.is_err());
        assert!(begun.elapsed() >= millis(expected), "{grace:?}");
    }
}

#[test]
fn a_probe_follows_the_state_of_the_program() {
    let _counting = REAPER.blocking_read();
    for runner in runners() {
        let ended = runner.run(async {
            let mut watched = state();
            assert_eq!(*watched.borrow_and_update(), State::Starting);
            ready();
            assert_eq!(*watched.borrow_and_update(), State::Ready);
            stop();
            stopped().await;
            watched.changed().await.unwrap();
            assert_eq!(*watched.borrow_and_update(), State::Stopping);
            ready();
            assert_eq!(
                *state().borrow(),
                State::Stopping,
                "the state never goes back"
            );
        });
        ended.unwrap();
    }
}

/// The delay belongs to SIGTERM. A stop from inside has none.
#[test]
fn a_stop_from_inside_does_not_wait_for_load_balancers() {
    let _counting = REAPER.blocking_read();
    let begun = Instant::now();
    let limited = runner().shutdown_delay(Duration::from_secs(15));
    let ended = limited.run(async {
        stop();
        stopped().await;
    });
    ended.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(5));
}

/// Timers are the workers' business, and the only worker is blocked; nobody ends the process either.
#[test]
fn a_program_whose_only_worker_is_blocked_ends_at_its_limit_without_signals_too() {
    let _alone = REAPER.blocking_write();
    quiet();
    for stops in [false, true] {
        let (release, released) = mpsc::channel::<()>();
        let (blocks, is_blocked) = mpsc::channel::<()>();
        let world = World::new();
        let begun = Instant::now();
        let runner = Runner::new().worker_threads(1).signals(false);
        let limited = runner.limit(millis(600)).grace(millis(200));
        let ended = limited.run(async {
            let part = world.part("part", &[]).make().await.unwrap();
            tokio::spawn(async move {
                blocks.send(()).unwrap();
                // Long enough to differ clearly from the limit.
                let _ = released.recv_timeout(Duration::from_secs(30));
            });
            is_blocked.recv().unwrap();
            if stops {
                stop();
                stopped().await;
                pending::<()>().await;
            }
            drop(part);
        });
        let elapsed = begun.elapsed();
        drop(release);
        assert_eq!(ended.is_err(), stops);
        assert!(elapsed < Duration::from_secs(10), "{stops}: {elapsed:?}");
        // Once the worker comes back.
        while world.counts("part") != (1, 1) {
            assert!(begun.elapsed() < Duration::from_secs(30), "never closed");
            std::thread::yield_now();
        }
    }
}
