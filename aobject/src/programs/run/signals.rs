//! The signals that tell a program to end.

use std::future::poll_fn;
use std::io;
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll};
use std::thread::JoinHandle;
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use crate::ground::report;
use crate::programs::run::stop::{Stop, Stopped};

/// Signals are watched on a thread of their own while this lives: a program whose threads are all busy must be able
/// to be ended too.
pub(super) struct Signals {
    /// Dropped to tell the thread to end.
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Signals {
    pub(super) fn watch(stop: Arc<Stop>) -> Self {
        let (end, ended) = oneshot::channel();
        let thread = Self::start(stop, ended).inspect_err(no_signals);
        Self {
            end: Some(end),
            thread: thread.ok(),
        }
    }

    fn start(stop: Arc<Stop>, ended: oneshot::Receiver<()>) -> io::Result<JoinHandle<()>> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        // Here, so that no signal is missed that comes once the future runs.
        let sources = {
            let _entered = runtime.enter();
            Sources::new()?
        };
        let thread = std::thread::Builder::new().name("aobject-signals".to_owned());
        thread.spawn(move || pass_on(&runtime, sources, &stop, ended))
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            // It contains no panic of a user's.
            let _ = thread.join();
        }
    }
}

fn pass_on(runtime: &Runtime, mut sources: Sources, stop: &Stop, mut ended: oneshot::Receiver<()>) {
    runtime.block_on(async {
        loop {
            let next = std::pin::pin!(sources.next());
            let Either::Left((stopped, _)) = select(next, &mut ended).await else {
                return;
            };
            if !stop.signal(stopped) {
                exit_at_once(stopped);
            }
        }
    });
}

/// Says so, but does not wait for whoever listens, or holds standard error.
fn exit_at_once(stopped: Stopped) -> ! {
    let (said, is_said) = mpsc::channel();
    let say = move || {
        report::of_program(format_args!("{stopped} again, without waiting for closes"));
        // An error: nobody waits any more.
        let _ = said.send(());
    };
    if std::thread::Builder::new().spawn(say).is_ok() {
        let _ = is_said.recv_timeout(Duration::from_millis(100));
    }
    stopped.exit()
}

/// The program cannot be asked to stop.
fn no_signals(cause: &io::Error) {
    report::of_program(format_args!("signals are not handled: {cause}"));
}

/// Waits for one signal.
pub(super) async fn first() {
    let mut sources = Sources::new().expect("the system tells about signals");
    sources.next().await;
}

#[cfg(unix)]
struct Sources {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Sources {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Stopped> {
        if self.interrupt.poll_recv(cx).is_ready() {
            return Poll::Ready(Stopped::by(2));
        }
        self.terminate.poll_recv(cx).map(|_| Stopped::by(15))
    }
}

#[cfg(windows)]
struct Sources(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Sources {
    fn new() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Stopped> {
        self.0.poll_recv(cx).map(|_| Stopped::by(2))
    }
}

#[cfg(not(any(unix, windows)))]
struct Sources;

#[cfg(not(any(unix, windows)))]
impl Sources {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<Stopped> {
        Poll::Pending
    }
}

impl Sources {
    async fn next(&mut self) -> Stopped {
        poll_fn(|cx| self.poll(cx)).await
    }
}
