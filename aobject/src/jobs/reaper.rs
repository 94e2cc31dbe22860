//! The thread that closes what has no runtime.
//!
//! **The invariant.** The thread runs exactly while `running` is set. Whoever adds work under the lock starts the
//! thread if it does not run; the thread stops only under the lock, when there is no work and nothing pending.

use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::select;
use tokio::runtime::Builder;
use tokio::sync::{Notify, oneshot};

use crate::jobs::background::Background;
use crate::jobs::job::Job;
use crate::jobs::{report, tally};

use roster::{Added, Roster};

mod roster;

/// How long the idle thread waits for more before it ends.
const LINGER: Duration = Duration::from_millis(50);

static ROSTER: Mutex<Roster<Job>> = Mutex::new(Roster::new());
static MORE: Notify = Notify::const_new();

/// Has a job driven by the thread.
pub(crate) fn take(job: Job) {
    tally::REAPER.begin();
    add(job);
}

/// Waits, in real time whatever the clock of the caller's runtime says, until the thread has closed all it took.
///
/// On a thread of its own, because a close may block the reaper's.
pub(crate) async fn idle(until: Option<Instant>) {
    if tally::REAPER.pending() > 0 {
        let (mut done, wait) = oneshot::channel();
        let thread = std::thread::Builder::new().name("aobject-drain".to_owned());
        let waiting = thread.spawn(move || {
            // Until nobody waits any more.
            block_until_idle(until, done.closed());
            let _ = done.send(());
        });
        // An error of either: there is no thread, and so no way to wait.
        if waiting.is_ok() {
            let _ = wait.await;
        }
    }
}

/// The same, and blocks meanwhile.
pub(crate) fn wait_until_idle(until: Option<Instant>) {
    if tally::REAPER.pending() > 0 {
        block_until_idle(until, std::future::pending());
    }
}

fn block_until_idle(until: Option<Instant>, given_up: impl Future<Output = ()>) {
    let Ok(runtime) = Builder::new_current_thread().enable_time().build() else {
        return;
    };
    runtime.block_on(async {
        let over = async {
            match until {
                Some(until) => tokio::time::sleep_until(until.into()).await,
                None => std::future::pending().await,
            }
        };
        select(
            pin!(tally::REAPER.idle()),
            select(pin!(over), pin!(given_up)),
        )
        .await;
    });
}

fn add(job: Job) {
    let added = lock().add(job);
    if added == Added::WakeThread {
        return MORE.notify_one();
    }
    let thread = std::thread::Builder::new().name("aobject-reaper".to_owned());
    if let Err(error) = thread.spawn(run) {
        give_up(&error);
    }
}

fn run() {
    let runtime = Builder::new_current_thread().enable_all().build();
    match runtime {
        Ok(runtime) => {
            tally::adopt(runtime.handle());
            runtime.block_on(drive());
        }
        Err(error) => give_up(&error),
    }
}

async fn drive() {
    loop {
        let work = lock().take();
        for job in work {
            drop(tokio::spawn(Background::new(job, tally::REAPER.clone())));
        }
        let idle = async {
            tally::REAPER.idle().await;
            tokio::time::sleep(LINGER).await;
        };
        select(pin!(MORE.notified()), pin!(idle)).await;
        let mut roster = lock();
        // Counted before it is added, so that nothing comes in between.
        if tally::REAPER.pending() == 0 && roster.stop_if_idle() {
            return;
        }
    }
}

/// There is no thread, and so no way to close anything.
#[cold]
fn give_up(error: &std::io::Error) {
    let work = lock().give_up();
    for job in work {
        report::no_thread(&job, error);
        tally::REAPER.end();
    }
}

fn lock() -> MutexGuard<'static, Roster<Job>> {
    // Nothing that can panic runs under the lock.
    ROSTER.lock().unwrap_or_else(PoisonError::into_inner)
}
