//! The events in a child, printed as they happen, because a process that aborts or hangs prints nothing afterwards.

use std::fmt::Display;
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::panicking;
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};
use tokio::time::timeout;

/// A close has begun.
pub(super) const BEGUN: &str = "begun";
/// A close has ended.
pub(super) const ENDED: &str = "ended";
/// A close is about to fail, as its situation demands.
pub(super) const FAILED: &str = "failed";
/// A close was not released in time, because the thread that dropped the object was waiting for the close.
pub(super) const BLOCKED: &str = "blocked";
/// A drop panicked.
pub(super) const PANICKED: &str = "panicked";
/// The contestant does not offer this.
pub(super) const NOT_OFFERED: &str = "not-offered";
/// Milliseconds until the code that must not be blocked could continue.
pub(super) const RETURNED: &str = "returned";
/// Bytes per waiting object.
pub(super) const BYTES: &str = "bytes";
/// An error that the contestant reported to the program in its own way.
pub(super) const REPORTED: &str = "reported";

/// Prints a word.
pub(super) fn say(word: &str) {
    // The parent may have given up on this process.
    let _ = writeln!(std::io::stdout().lock(), "{word}");
}

/// Prints a word and its value.
pub(super) fn say_that(word: &str, that: &dyn Display) {
    say(&format!("{word} {}", that.to_string().replace('\n', " ")));
}

static FINISHED: AtomicUsize = AtomicUsize::new(0);
static MORE: Notify = Notify::const_new();

/// A close has ended, successfully or not.
pub(super) fn finish() {
    FINISHED.fetch_add(1, Ordering::SeqCst);
    MORE.notify_waiters();
}

/// How many closes have ended.
pub(super) fn finished() -> usize {
    FINISHED.load(Ordering::SeqCst)
}

/// Waits until `count` closes have ended, or until the limit.
pub(super) async fn finished_so_many(count: usize, limit: Duration) {
    let enough = async {
        loop {
            // Made before the check, so that an end in between is seen.
            let more = MORE.notified();
            if finished() >= count {
                return;
            }
            more.await;
        }
    };
    let _ = timeout(limit, enough).await;
}

/// Closed when the owner that dropped an object can continue.
static LET_GO: Semaphore = Semaphore::const_new(0);

/// Waits until the owner that dropped the object can continue. Prints a word if that takes longer than a close should.
pub(super) async fn linger() {
    const PATIENCE: Duration = Duration::from_secs(1);
    if timeout(PATIENCE, LET_GO.acquire()).await.is_err() {
        say(BLOCKED);
    }
}

/// Drops a value, and prints a word if the drop panics.
pub(super) fn let_go<T>(what: T) {
    let _watch = Watch {
        unwinding: panicking(),
    };
    drop(what);
}

/// Waits until a value has been dropped.
pub(super) async fn gone() {
    // The semaphore is closed, so this always ends with an error.
    let _ = LET_GO.acquire().await;
}

struct Watch {
    unwinding: bool,
}

impl Drop for Watch {
    fn drop(&mut self) {
        if panicking() && !self.unwinding {
            say(PANICKED);
        }
        LET_GO.close();
    }
}

static ASKED: Semaphore = Semaphore::const_new(0);
static ANSWERED: Semaphore = Semaphore::const_new(0);

/// A close that needs the runtime on which it was dropped.
pub(super) async fn ask() {
    ASKED.close();
    let _ = ANSWERED.acquire().await;
}

/// The task on that runtime, which answers the close.
pub(super) async fn answer() {
    let _ = ASKED.acquire().await;
    ANSWERED.close();
}

/// Resident memory of this process in bytes, or 0 if unknown.
pub(super) fn memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|rest| rest.trim().strip_suffix(" kB")?.parse::<usize>().ok())
        .map_or(0, |kb| kb * 1024)
}
