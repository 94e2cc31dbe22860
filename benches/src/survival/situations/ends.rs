//! Rows 6, 7, 18 to 21: ends of programs, of waiting, of threads, and of a close's own future.

use std::cell::RefCell;
use std::future::{Future, pending, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::time::timeout;

use crate::survival::events::{NOT_OFFERED, RETURNED, let_go, say, say_that};
use crate::survival::flavour::Flavour;
use crate::survival::outcome::Must::{Close, CloseOrReport, NotWait, Report};
use crate::survival::situations::row::{ANY, NONE, Situation, each_flavour};
use crate::survival::situations::watched::{LONG, Watched, limit, settle, settle_elsewhere};
use crate::survival::way::Way;
use crate::survival::work::Work;

const THREADS: &[Flavour] = &[Flavour::None, Flavour::MultiThread];

pub(super) fn rows<W: Way>() -> Vec<Situation> {
    [programs::<W>(), others::<W>()].concat()
}

/// The end of `main`.
fn programs<W: Way>() -> Vec<Situation> {
    each_flavour(&[
        (
            6,
            "the last thing in `main`, under `run`",
            ANY,
            Work::Nap,
            Close,
            last_under_run::<W>,
        ),
        (
            7,
            "the same under `#[tokio::main]`",
            ANY,
            Work::Nap,
            CloseOrReport,
            last_in_main::<W>,
        ),
        (
            7,
            "the same, then a drain",
            ANY,
            Work::Nap,
            Close,
            last_before_a_drain::<W>,
        ),
        (
            21,
            "the same, the last thing under `run`",
            ANY,
            Work::Never,
            Report,
            last_under_run::<W>,
        ),
    ])
}

/// The end of waiting, of a thread, and of the close itself.
fn others<W: Way>() -> Vec<Situation> {
    each_flavour(&[
        (
            18,
            "`timeout(5 ms)` cancels its owner and returns after",
            ANY,
            Work::Linger,
            NotWait,
            cancelled::<W>,
        ),
        (
            19,
            "a thread-local's destructor drops it",
            THREADS,
            Work::Linger,
            CloseOrReport,
            with_its_thread::<W>,
        ),
        (
            19,
            "the same, of the main thread",
            NONE,
            Work::Linger,
            CloseOrReport,
            with_the_main_thread::<W>,
        ),
        (
            20,
            "its close has begun, and is dropped half-way",
            ANY,
            Work::Linger,
            Close,
            half_closed::<W>,
        ),
    ])
}

fn last_under_run<W: Way>(flavour: Flavour, work: Work) {
    W::run(
        flavour,
        limit(work),
        Box::pin(async move { drop(Watched::<W>::new(work)) }),
    );
}

fn last_in_main<W: Way>(flavour: Flavour, work: Work) {
    flavour
        .runtime()
        .block_on(async move { drop(Watched::<W>::new(work)) });
}

fn last_before_a_drain<W: Way>(flavour: Flavour, work: Work) {
    flavour.runtime().block_on(async move {
        let Some(drain) = W::drain(LONG) else {
            return say(NOT_OFFERED);
        };
        drop(Watched::<W>::new(work));
        drain.await;
    });
}

fn cancelled<W: Way>(flavour: Flavour, work: Work) {
    flavour.runtime().block_on(async move {
        let value = Watched::<W>::new(work);
        let task = tokio::spawn(async move {
            let start = Instant::now();
            let owner = async move {
                let _value = value;
                pending::<()>().await;
            };
            let _ = timeout(Duration::from_millis(5), owner).await;
            say_that(RETURNED, &start.elapsed().as_millis());
        });
        let _ = task.await;
        settle::<W>(LONG).await;
    });
}

thread_local! {
    static HELD: RefCell<Option<Box<dyn Send>>> = const { RefCell::new(None) };
}

fn with_its_thread<W: Way>(flavour: Flavour, work: Work) {
    let value = Watched::<W>::new(work);
    let hold = move || HELD.set(Some(Box::new(value)));
    if flavour == Flavour::None {
        let _ = std::thread::spawn(hold).join();
    } else {
        let runtime = flavour.runtime();
        let _ = runtime.block_on(runtime.spawn(async { hold() }));
        // Waits for its workers.
        drop(runtime);
    }
    settle_elsewhere::<W>();
}

fn with_the_main_thread<W: Way>(_: Flavour, work: Work) {
    HELD.set(Some(Box::new(Watched::<W>::new(work))));
}

fn half_closed<W: Way>(flavour: Flavour, work: Work) {
    flavour.runtime().block_on(async move {
        let Some(mut close) = W::close(W::guard(work)) else {
            return say(NOT_OFFERED);
        };
        let task = tokio::spawn(async move {
            poll_once(close.as_mut()).await;
            let_go(close);
        });
        let _ = task.await;
        settle::<W>(LONG).await;
    });
}

async fn poll_once(mut future: Pin<&mut (dyn Future<Output = ()> + Send)>) {
    poll_fn(|cx| {
        let _ = future.as_mut().poll(cx);
        Poll::Ready(())
    })
    .await;
}
