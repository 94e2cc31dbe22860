//! One clock runs from the first signal to the end of the process, even if a part of the program hangs or blocks.

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
        "body and closes share one limit",
        body_and_closes_share_one_limit,
    ),
    (
        "an overrun is not waited for again",
        an_overrun_is_not_waited_for_again,
    ),
    (
        "a program ends even if its threads block",
        a_program_ends_even_if_its_threads_block,
    ),
    (
        "a program that ends early does not wait for its limit",
        a_program_that_ends_early_does_not_wait_for_its_limit,
    ),
];

fn limited(millis: u64) -> Runner {
    Runner::new().limit(Duration::from_millis(millis))
}

async fn is_stopped() {
    let mut stop = std::pin::pin!(stopped());
    assert!(futures_util::poll!(stop.as_mut()).is_pending());
    say("ready");
    stop.await;
}

async fn hangs() {
    let _endless = noisy("endless").await;
    is_stopped().await;
    pending::<()>().await;
}

#[derive(AObject)]
struct Overruns {
    #[aobject(init = noisy("endless").await, close_timeout = Duration::from_millis(100))]
    _endless: Live<Noisy>,
}

async fn overruns() {
    let overruns = Overruns::new().await.unwrap();
    is_stopped().await;
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

/// The tasks have a limit of their own, which a runtime with a blocked worker may fail to enforce.
async fn blocks_in_task() {
    let tasks = Tasks::new().limit(Duration::from_millis(100));
    tasks.spawn("blocks", async |stop: CancellationToken| {
        stop.cancelled().await;
        park_for_ever();
    });
    is_stopped().await;
    drop(tasks.close().await);
}

async fn ends_in_time() {
    let a = noisy("a").await;
    is_stopped().await;
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

/// Body and closes share one limit. The 500 ms are for threads that block, and the rest is for a busy machine.
fn check(name: &str, limit: u64) -> Ended {
    let (ended, elapsed) = stop(name);
    let most = Duration::from_millis(limit + 500 + 400);
    assert!(elapsed < most, "{name}: {elapsed:?}, {ended:?}");
    assert_eq!(ended.code, Some(143), "{name}: {ended:?}");
    ended
}

/// J08: the unfinished closes are named.
fn body_and_closes_share_one_limit() {
    for name in [
        "body and close hang",
        "body and close hang, one thread",
        "body and close hang, long grace",
    ] {
        let ended = check(name, 1000);
        assert!(ended.errors.contains("Noisy"), "{name}: {ended:?}");
    }
}

fn an_overrun_is_not_waited_for_again() {
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

fn a_program_ends_even_if_its_threads_block() {
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

fn a_program_that_ends_early_does_not_wait_for_its_limit() {
    let (ended, elapsed) = stop("ends in time");
    assert!(elapsed < Duration::from_secs(5), "{elapsed:?}");
    assert_eq!((ended.code, &*ended.output), (Some(0), "closed a\n"));
}
