//! The thread that listens for signals, keeps the clocks of programs, and gives notices: a program whose threads are all
//! blocked must be able to say so, and to end.
//!
//! It starts with the first program or waiter, and stays.

use std::future::pending;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::thread::Builder;

use tokio::runtime::{self, Handle};

static RUNTIME: Mutex<Option<Handle>> = Mutex::new(None);

/// The runtime of the thread. Its tasks never block it: user code and reports run [beside](beside) it.
pub(super) fn handle() -> io::Result<Handle> {
    // Nothing that can panic runs under the lock.
    let mut known = RUNTIME.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = &*known {
        return Ok(handle.clone());
    }
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let handle = runtime.handle().clone();
    let thread = Builder::new().name("aobject-signals".to_owned());
    thread.spawn(move || runtime.block_on(pending::<()>()))?;
    Ok(known.insert(handle).clone())
}

/// Runs what may block: the user's function, a subscriber, a full pipe. False where the system has no thread for it.
pub(super) fn beside(run: impl FnOnce() + Send + 'static) -> bool {
    let thread = Builder::new().name("aobject-signal".to_owned());
    thread.spawn(run).is_ok()
}
