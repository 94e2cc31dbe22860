//! What happens in a child, said as it happens: whoever aborts or hangs says nothing more afterwards.

use std::fmt::Display;
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::panicking;
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};
use tokio::time::timeout;

/// A close has begun.
pub(super) const BEGUN: &str = "begun";
/// A close has come to its end.
pub(super) const ENDED: &str = "ended";
/// A close is about to go wrong, because it has to.
pub(super) const FAILED: &str = "failed";
/// A close was not let go in time: the thread that let go of its object was waiting for it.
pub(super) const BLOCKED: &str = "blocked";
/// A drop panicked.
pub(super) const PANICKED: &str = "panicked";
/// The contestant has nothing for this.
pub(super) const NOT_OFFERED: &str = "not-offered";
/// Milliseconds until somebody who was not to be held up could go on.
pub(super) const RETURNED: &str = "returned";
/// Bytes that each waiting object takes.
pub(super) const BYTES: &str = "bytes";
/// An error that the contestant's own means handed to the program.
pub(super) const TOLD: &str = "told";

/// Says a word.
pub(super) fn say(word: &str) {
    // The parent may have given up on this process.
    let _ = writeln!(std::io::stdout().lock(), "{word}");
}

/// Says a word and what belongs to it.
pub(super) fn say_that(word: &str, that: &dyn Display) {
    say(&format!("{word} {}", that.to_string().replace('\n', " ")));
}

static FINISHED: AtomicUsize = AtomicUsize::new(0);
static MORE: Notify = Notify::const_new();

/// A close has ended, well or not.
pub(super) fn finish() {
    FINISHED.fetch_add(1, Ordering::SeqCst);
    MORE.notify_waiters();
}

/// How many have.
pub(super) fn finished() -> usize {
    FINISHED.load(Ordering::SeqCst)
}

/// Waits until so many have, or until it is clear that they will not.
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

/// Closed when whoever let go of an object can go on.
static LET_GO: Semaphore = Semaphore::const_new(0);

/// Waits until whoever let go of the object can go on; says so if that takes longer than a close should.
pub(super) async fn linger() {
    const PATIENCE: Duration = Duration::from_secs(1);
    if timeout(PATIENCE, LET_GO.acquire()).await.is_err() {
        say(BLOCKED);
    }
}

/// Lets go of something, and says how.
pub(super) fn let_go<T>(what: T) {
    let _watch = Watch {
        unwinding: panicking(),
    };
    drop(what);
}

/// Waits until something was let go of.
pub(super) async fn gone() {
    // Closed: that is how it ends.
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

/// What a close does that needs the runtime it was dropped in.
pub(super) async fn ask() {
    ASKED.close();
    let _ = ANSWERED.acquire().await;
}

/// The task on that runtime which it needs.
pub(super) async fn answer() {
    let _ = ASKED.acquire().await;
    ANSWERED.close();
}

/// Resident memory of this process, in bytes; 0 where that cannot be known.
pub(super) fn memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|rest| rest.trim().strip_suffix(" kB")?.parse::<usize>().ok())
        .map_or(0, |kb| kb * 1024)
}
