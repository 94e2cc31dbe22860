//! Writes lines to standard error from a thread, because it may be a pipe that nobody reads.

use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The maximum number of queued lines. Further lines are left out.
const QUEUE: usize = 1024;

/// How long a caller waits for its line: long enough for a healthy system, too short to delay anyone.
const PATIENCE: Duration = Duration::from_millis(10);

/// `None` if the system could not start the thread.
static WRITER: LazyLock<Option<SyncSender<String>>> = LazyLock::new(|| {
    let (lines, receiver) = sync_channel(QUEUE);
    let thread = std::thread::Builder::new().name("aobject-stderr".to_owned());
    thread
        .spawn(move || write_all(&receiver))
        .ok()
        .map(|_| lines)
});

/// The number of lines that are not yet written, and whether a caller found the thread stuck.
static QUEUED: Mutex<Queued> = Mutex::new(Queued {
    lines: 0,
    is_stuck: false,
});
static WRITTEN: Condvar = Condvar::new();
static LEFT_OUT: AtomicUsize = AtomicUsize::new(0);

struct Queued {
    lines: usize,
    is_stuck: bool,
}

/// Writes a line. Waits for it only briefly, and not at all while an earlier line is stuck.
pub(crate) fn write(line: String) {
    let Some(writer) = &*WRITER else {
        // Not `eprintln!`, which panics if standard error is closed.
        let _ = std::io::stderr().write_all(line.as_bytes());
        return;
    };
    lock().lines += 1;
    match writer.try_send(line) {
        Ok(()) => wait(PATIENCE),
        Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
            lock().lines -= 1;
            // Relaxed: only a number, which the thread reads later.
            LEFT_OUT.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Waits for the queued lines, before the process ends.
pub(crate) fn flush() {
    lock().is_stuck = false;
    wait(PATIENCE * 10);
}

fn wait(patience: Duration) {
    let queued = lock();
    if queued.is_stuck {
        return;
    }
    let waited = WRITTEN.wait_timeout_while(queued, patience, |queued| queued.lines > 0);
    let (mut queued, _) = waited.unwrap_or_else(PoisonError::into_inner);
    queued.is_stuck = queued.lines > 0;
}

fn write_all(lines: &Receiver<String>) {
    for line in lines {
        let mut stderr = std::io::stderr();
        let _ = stderr.write_all(line.as_bytes());
        let left_out = LEFT_OUT.swap(0, Ordering::Relaxed);
        if left_out > 0 {
            let _ = writeln!(stderr, "aobject: warning: {left_out} lines suppressed");
        }
        let mut queued = lock();
        queued.lines -= 1;
        if queued.lines == 0 {
            queued.is_stuck = false;
            WRITTEN.notify_all();
        }
    }
}

fn lock() -> MutexGuard<'static, Queued> {
    QUEUED.lock().unwrap_or_else(PoisonError::into_inner)
}
