//! Where signals come from, on each kind of system.

use std::future::poll_fn;
use std::io;
use std::task::{Context, Poll};

#[cfg(unix)]
pub(super) struct Sources {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hangup: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Sources {
    pub(super) fn new(hangup: bool) -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let mut sources = Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: None,
        };
        if hangup {
            sources.add_hangup();
        }
        Ok(sources)
    }

    /// Also SIGHUP, which does by default what it always did until then.
    pub(super) fn add_hangup(&mut self) {
        use tokio::signal::unix::{SignalKind, signal};
        if self.hangup.is_none() {
            self.hangup = signal(SignalKind::hangup()).ok();
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<u8> {
        if self.interrupt.poll_recv(cx).is_ready() {
            return Poll::Ready(2);
        }
        if self.terminate.poll_recv(cx).is_ready() {
            return Poll::Ready(15);
        }
        match &mut self.hangup {
            Some(hangup) => hangup.poll_recv(cx).map(|_| 1),
            None => Poll::Pending,
        }
    }
}

#[cfg(windows)]
pub(super) struct Sources {
    ctrl_c: tokio::signal::windows::CtrlC,
    hangup: Option<Hangup>,
}

/// The end of the console, of the session and of the system.
#[cfg(windows)]
struct Hangup {
    close: tokio::signal::windows::CtrlClose,
    logoff: tokio::signal::windows::CtrlLogoff,
    shutdown: tokio::signal::windows::CtrlShutdown,
}

#[cfg(windows)]
impl Hangup {
    fn new() -> io::Result<Self> {
        use tokio::signal::windows::{ctrl_close, ctrl_logoff, ctrl_shutdown};
        Ok(Self {
            close: ctrl_close()?,
            logoff: ctrl_logoff()?,
            shutdown: ctrl_shutdown()?,
        })
    }
}

#[cfg(windows)]
impl Sources {
    pub(super) fn new(hangup: bool) -> io::Result<Self> {
        let ctrl_c = tokio::signal::windows::ctrl_c()?;
        let hangup = if hangup { Some(Hangup::new()?) } else { None };
        Ok(Self { ctrl_c, hangup })
    }

    pub(super) fn add_hangup(&mut self) {
        if self.hangup.is_none() {
            self.hangup = Hangup::new().ok();
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<u8> {
        if self.ctrl_c.poll_recv(cx).is_ready() {
            return Poll::Ready(2);
        }
        let Some(hangup) = &mut self.hangup else {
            return Poll::Pending;
        };
        let is_over = hangup.close.poll_recv(cx).is_ready()
            || hangup.logoff.poll_recv(cx).is_ready()
            || hangup.shutdown.poll_recv(cx).is_ready();
        if is_over {
            Poll::Ready(1)
        } else {
            Poll::Pending
        }
    }
}

#[cfg(not(any(unix, windows)))]
pub(super) struct Sources;

#[cfg(not(any(unix, windows)))]
impl Sources {
    pub(super) fn new(_: bool) -> io::Result<Self> {
        Ok(Self)
    }

    pub(super) fn add_hangup(&mut self) {}

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<u8> {
        Poll::Pending
    }
}

impl Sources {
    pub(super) async fn next(&mut self) -> u8 {
        poll_fn(|cx| self.poll(cx)).await
    }
}
