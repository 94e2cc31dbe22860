//! The library's own threads, with a runtime for what has none. Started when they are first needed, and parked from then
//! on.

use std::future::{Future, pending};
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Instant;

use futures_util::future::select;
use pin_project_lite::pin_project;
use slab::Slab;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use crate::ground::runtimes::{self, UNOWNED};

static OWN: Mutex<Option<Own>> = Mutex::new(None);

/// The runtime of the thread. Where the system has no thread or no descriptor for it now, it may have one later.
pub(super) fn handle() -> io::Result<Handle> {
    // Nothing that can panic runs under the lock.
    let mut own = OWN.lock().unwrap_or_else(PoisonError::into_inner);
    let own = match &mut *own {
        Some(own) => own,
        none => none.insert(start()?),
    };
    Ok(own.handle().clone())
}

/// Several threads: a close that blocks one of them holds up no other.
#[cfg(feature = "rt")]
type Own = tokio::runtime::Runtime;

#[cfg(feature = "rt")]
fn start() -> io::Result<Own> {
    const THREADS: usize = 4;
    let mut builder = Builder::new_multi_thread();
    let own = builder
        .worker_threads(THREADS)
        .thread_name("aobject-reaper")
        .enable_all()
        .build()?;
    runtimes::adopt(own.handle());
    Ok(own)
}

/// One thread, where tokio has no runtime of several.
#[cfg(not(feature = "rt"))]
struct Own(Handle);

#[cfg(not(feature = "rt"))]
impl Own {
    fn handle(&self) -> &Handle {
        &self.0
    }
}

#[cfg(not(feature = "rt"))]
fn start() -> io::Result<Own> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    runtimes::adopt(&handle);
    let thread = std::thread::Builder::new().name("aobject-reaper".to_owned());
    thread.spawn(move || runtime.block_on(pending::<()>()))?;
    Ok(Own(handle))
}

/// The names of what the thread is closing.
static NAMES: Mutex<Slab<String>> = Mutex::new(Slab::new());

/// Spawns a close on the thread, under a name for as long as it runs.
pub(super) fn spawn(
    handle: &Handle,
    name: String,
    close: impl Future<Output = ()> + Send + 'static,
) {
    let named = Some(Named(names_lock().insert(name)));
    drop(handle.spawn(NamedClose { named, close }));
}

pin_project! {
    /// By hand: an `async` block would keep room for the close twice.
    ///
    /// The name is dropped before the close, which counts until it is dropped.
    struct NamedClose<F> {
        named: Option<Named>,
        #[pin]
        close: F,
    }
}

impl<F: Future<Output = ()>> Future for NamedClose<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        ready!(this.close.poll(cx));
        *this.named = None;
        Poll::Ready(())
    }
}

struct Named(usize);

impl Drop for Named {
    fn drop(&mut self) {
        /// Of the places, those that are kept for later.
        const KEPT: usize = 64;
        let mut names = names_lock();
        names.remove(self.0);
        if names.is_empty() && names.capacity() > KEPT {
            names.shrink_to_fit();
        }
    }
}

/// What the thread is closing, the first few.
pub(crate) fn names() -> Vec<String> {
    const FEW: usize = 8;
    names_lock()
        .iter()
        .take(FEW)
        .map(|(_, name)| name.clone())
        .collect()
}

fn names_lock() -> MutexGuard<'static, Slab<String>> {
    NAMES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits, in real time although the clock of the caller's runtime may be paused, until the thread has closed all it
/// took.
///
/// On a thread of its own, because a close may block the reaper's.
pub(crate) async fn idle(until: Option<Instant>) {
    if !UNOWNED.background().is_empty() {
        let (mut done, wait) = oneshot::channel();
        let thread = std::thread::Builder::new().name("aobject-drain".to_owned());
        // Where there is no thread, the sender is dropped at once, and nothing is waited for.
        drop(thread.spawn(move || {
            // Until nobody waits any more.
            block_until_idle(until, done.closed());
            let _ = done.send(());
        }));
        let _ = wait.await;
    }
}

/// The same, and blocks meanwhile.
pub(crate) fn wait_until_idle(until: Option<Instant>) {
    if !UNOWNED.background().is_empty() {
        block_until_idle(until, pending());
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
                None => pending().await,
            }
        };
        select(
            pin!(UNOWNED.background().wait()),
            select(pin!(over), pin!(given_up)),
        )
        .await;
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_close_has_its_name_as_long_as_it_runs() {
        const NAME: &str = "`named`";
        let is_named = || names_lock().iter().any(|(_, name)| name == NAME);
        let (release, released) = oneshot::channel::<()>();
        let close = async {
            let _ = released.await;
        };
        let runtime = handle().expect("there is a thread");
        spawn(&runtime, NAME.to_owned(), close);
        assert!(is_named() && !names().is_empty());
        drop(release);
        while is_named() {
            std::thread::yield_now();
        }
    }
}
