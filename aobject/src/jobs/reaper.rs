//! The thread that closes what has no runtime.
//!
//! **The invariant.** The thread runs exactly while `running` is set. Whoever adds work under the lock starts the
//! thread if it does not run; the thread stops only under the lock, when there is no work and nothing pending.

use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::select;
use tokio::sync::{Notify, oneshot};

use crate::jobs::background::Background;
use crate::jobs::job::Job;
use crate::jobs::{report, tally};

/// How long the idle thread waits for more before it ends.
const LINGER: Duration = Duration::from_millis(50);

struct Reaper {
    work: Vec<Work>,
    running: bool,
}

enum Work {
    Close(Job),
    /// Tell when all closes have ended, or the time, if there is one, is over.
    Wait(Option<Instant>, oneshot::Sender<()>),
}

static REAPER: Mutex<Reaper> = Mutex::new(Reaper { work: Vec::new(), running: false });
static MORE: Notify = Notify::const_new();

/// Has a job driven by the thread.
pub(crate) fn take(job: Job) {
    tally::REAPER.begin();
    add(Work::Close(job));
}

/// Waits, in real time whatever the clock of the caller's runtime says, until the thread has closed all it
/// took.
pub(crate) async fn idle(until: Option<Instant>) {
    if tally::REAPER.pending() > 0 {
        let (done, wait) = oneshot::channel();
        add(Work::Wait(until, done));
        // An error: the thread could not be started, so there is nothing to wait for.
        let _ = wait.await;
    }
}

fn add(work: Work) {
    let mut reaper = lock();
    reaper.work.push(work);
    if reaper.running {
        MORE.notify_one();
        return;
    }
    reaper.running = true;
    drop(reaper);
    let thread = std::thread::Builder::new().name("aobject-reaper".to_owned());
    if let Err(error) = thread.spawn(run) {
        give_up(&error);
    }
}

fn run() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
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
        let work = std::mem::take(&mut lock().work);
        for work in work {
            match work {
                Work::Close(job) => drop(tokio::spawn(Background::new(job, tally::REAPER.clone()))),
                Work::Wait(until, done) => drop(tokio::spawn(tell_when_idle(until, done))),
            }
        }
        let idle = async {
            tally::REAPER.idle().await;
            tokio::time::sleep(LINGER).await;
        };
        select(pin!(MORE.notified()), pin!(idle)).await;
        let mut reaper = lock();
        if reaper.work.is_empty() && tally::REAPER.pending() == 0 {
            reaper.running = false;
            return;
        }
    }
}

async fn tell_when_idle(until: Option<Instant>, done: oneshot::Sender<()>) {
    let idle = tally::REAPER.idle();
    match until {
        Some(until) => drop(tokio::time::timeout_at(until.into(), idle).await),
        None => idle.await,
    }
    // An error: nobody waits any more.
    let _ = done.send(());
}

/// There is no thread, and so no way to close anything.
#[cold]
fn give_up(error: &std::io::Error) {
    let mut reaper = lock();
    reaper.running = false;
    let work = std::mem::take(&mut reaper.work);
    drop(reaper);
    for work in work {
        if let Work::Close(job) = work {
            report::no_thread(&job, error);
            tally::REAPER.end();
        }
    }
}

fn lock() -> MutexGuard<'static, Reaper> {
    // Nothing that can panic runs under the lock.
    REAPER.lock().unwrap_or_else(PoisonError::into_inner)
}
