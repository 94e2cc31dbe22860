//! One clock, from the first signal to the end of the process, whatever hangs or blocks.

use std::future::pending;
use std::thread::park;
use std::time::{Duration, Instant};

use aobject::{AObject, CancellationToken, Live, Runner, Tasks, stopped};

use crate::child::{Ended, Program as Child};
use crate::programs::{Noisy, Program, end, noisy, say};

pub(crate) const PROGRAMS: &[Program] = &[
    ("body and close hang", || end(limited(1000).run(hangs()))),
    ("body and close hang, one thread", || {
        end(limited(1000).current_thread().run(hangs()))
    }),
    ("body and close hang, long grace", || {
        end(limited(1000).grace(Duration::from_secs(15)).run(hangs()))
    }),
    ("an overrun is not waited for again", || {
        end(limited(1000).run(overruns()))
    }),
    (
        "the body blocks",
        || end(limited(500).run(blocks_in_body())),
    ),
    ("the body blocks, one thread", || {
        end(limited(500).current_thread().run(blocks_in_body()))
    }),
    ("every thread blocks", || {
        end(limited(500).worker_threads(2).run(blocks_everywhere()))
    }),
    (
        "a close blocks",
        || end(limited(500).run(blocks_in_close())),
    ),
    ("a worker blocks", || {
        end(limited(500).worker_threads(2).run(blocks_in_task()))
    }),
    ("ends in time", || end(limited(15_000).run(ends_in_time()))),
];

pub(crate) const TESTS: &[(&str, fn())] = &[
    (
        "body and closes have one limit together",
        body_and_closes_have_one_limit_together,
    ),
    (
        "what overran is not waited for again",
        what_overran_is_not_waited_for_again,
    ),
    (
        "a program ends though its threads block",
        a_program_ends_though_its_threads_block,
    ),
    (
        "a limit that is not needed is not waited for",
        a_limit_that_is_not_needed_is_not_waited_for,
    ),
];

fn limited(millis: u64) -> Runner {
    Runner::new().limit(Duration::from_millis(millis))
}

async fn is_asked() {
    let mut asked = std::pin::pin!(stopped());
    assert!(futures_util::poll!(asked.as_mut()).is_pending());
    say("ready");
    asked.await;
}

async fn hangs() {
    let _endless = noisy("endless").await;
    is_asked().await;
    pending::<()>().await;
}

#[derive(AObject)]
struct Overruns {
    #[aobject(init = noisy("endless").await, close_timeout = Duration::from_millis(100))]
    _endless: Live<Noisy>,
}

async fn overruns() {
    let overruns = Overruns::new().await.unwrap();
    is_asked().await;
    drop(overruns.close().await);
    say("overran");
}

async fn blocks_in_body() {
    let _a = noisy("a").await;
    say("ready");
    park_for_ever();
}

fn park_for_ever() {
    loop {
        park();
    }
}

async fn blocks_everywhere() {
    let (blocked, is_blocked) = std::sync::mpsc::channel();
    for _ in 0..2 {
        let blocked = blocked.clone();
        tokio::spawn(async move {
            blocked.send(()).unwrap();
            park_for_ever();
        });
    }
    for _ in 0..2 {
        is_blocked.recv().unwrap();
    }
    blocks_in_body().await;
}

async fn blocks_in_close() {
    #[derive(AObject)]
    #[aobject(close = Self::end)]
    struct Blocks;
    impl Blocks {
        async fn end(&mut self) {
            park_for_ever();
        }
    }
    let _blocks = Blocks::new().await.unwrap();
    say("ready");
    pending::<()>().await;
}

/// Its tasks have their own limit, which a runtime with a blocked worker may fail to enforce.
async fn blocks_in_task() {
    let tasks = Tasks::new().limit(Duration::from_millis(100));
    tasks.spawn("blocks", async |stop: CancellationToken| {
        stop.cancelled().await;
        park_for_ever();
    });
    is_asked().await;
    drop(tasks.close().await);
}

async fn ends_in_time() {
    let a = noisy("a").await;
    is_asked().await;
    a.close().await.unwrap();
}

/// The outcome, and the time from the signal to the end.
fn stop(name: &str) -> (Ended, Duration) {
    let mut program = Child::start(name);
    program.wait_for("ready");
    let begun = Instant::now();
    program.send("-TERM");
    let ended = program.ended();
    (ended, begun.elapsed())
}

/// The limit is not a sum of two. Half a second is for threads that block, and the rest for a busy machine.
fn check(name: &str, limit: u64) -> Ended {
    let (ended, elapsed) = stop(name);
    let most = Duration::from_millis(limit + 500 + 400);
    assert!(elapsed < most, "{name}: {elapsed:?}, {ended:?}");
    assert_eq!(ended.code, Some(143), "{name}: {ended:?}");
    ended
}

/// J08: the closes that had not ended are named.
fn body_and_closes_have_one_limit_together() {
    for name in [
        "body and close hang",
        "body and close hang, one thread",
        "body and close hang, long grace",
    ] {
        let ended = check(name, 1000);
        assert!(ended.errors.contains("Noisy"), "{name}: {ended:?}");
    }
}

fn what_overran_is_not_waited_for_again() {
    let (ended, elapsed) = stop("an overrun is not waited for again");
    assert!(
        elapsed < Duration::from_millis(1900),
        "{elapsed:?}, {ended:?}"
    );
    assert_eq!(
        (ended.code, &*ended.output),
        (Some(0), "overran\n"),
        "{ended:?}"
    );
}

fn a_program_ends_though_its_threads_block() {
    for name in [
        "the body blocks",
        "the body blocks, one thread",
        "every thread blocks",
        "a close blocks",
        "a worker blocks",
    ] {
        check(name, 500);
    }
}

fn a_limit_that_is_not_needed_is_not_waited_for() {
    let (ended, elapsed) = stop("ends in time");
    assert!(elapsed < Duration::from_secs(5), "{elapsed:?}");
    assert_eq!((ended.code, &*ended.output), (Some(0), "closed a\n"));
}
