//! Where signals come from, on each kind of system.

use std::future::poll_fn;
use std::io;
use std::task::{Context, Poll};

#[cfg(unix)]
pub(super) struct Sources {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    pub(super) hangup: Option<Hangup>,
}

/// The end of the terminal.
#[cfg(unix)]
pub(super) struct Hangup(tokio::signal::unix::Signal);

#[cfg(unix)]
impl Hangup {
    pub(super) fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        signal(SignalKind::hangup()).map(Self)
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.0.poll_recv(cx).map(|_| ())
    }
}

#[cfg(unix)]
impl Sources {
    pub(super) fn new(hangup: bool) -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: hangup.then(Hangup::new).transpose()?,
        })
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<u8> {
        if self.interrupt.poll_recv(cx).is_ready() {
            return Poll::Ready(2);
        }
        if self.terminate.poll_recv(cx).is_ready() {
            return Poll::Ready(15);
        }
        poll_hangup(&mut self.hangup, cx)
    }
}

#[cfg(windows)]
pub(super) struct Sources {
    ctrl_c: tokio::signal::windows::CtrlC,
    pub(super) hangup: Option<Hangup>,
}

/// The end of the console, of the session and of the system.
#[cfg(windows)]
pub(super) struct Hangup {
    close: tokio::signal::windows::CtrlClose,
    logoff: tokio::signal::windows::CtrlLogoff,
    shutdown: tokio::signal::windows::CtrlShutdown,
}

#[cfg(windows)]
impl Hangup {
    pub(super) fn new() -> io::Result<Self> {
        use tokio::signal::windows::{ctrl_close, ctrl_logoff, ctrl_shutdown};
        Ok(Self {
            close: ctrl_close()?,
            logoff: ctrl_logoff()?,
            shutdown: ctrl_shutdown()?,
        })
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let is_over = self.close.poll_recv(cx).is_ready()
            || self.logoff.poll_recv(cx).is_ready()
            || self.shutdown.poll_recv(cx).is_ready();
        if is_over {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

#[cfg(windows)]
impl Sources {
    pub(super) fn new(hangup: bool) -> io::Result<Self> {
        Ok(Self {
            ctrl_c: tokio::signal::windows::ctrl_c()?,
            hangup: hangup.then(Hangup::new).transpose()?,
        })
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<u8> {
        if self.ctrl_c.poll_recv(cx).is_ready() {
            return Poll::Ready(2);
        }
        poll_hangup(&mut self.hangup, cx)
    }
}

#[cfg(any(unix, windows))]
fn poll_hangup(hangup: &mut Option<Hangup>, cx: &mut Context<'_>) -> Poll<u8> {
    match hangup {
        Some(hangup) => hangup.poll(cx).map(|()| 1),
        None => Poll::Pending,
    }
}

#[cfg(not(any(unix, windows)))]
pub(super) struct Sources {
    pub(super) hangup: Option<Hangup>,
}

#[cfg(not(any(unix, windows)))]
pub(super) struct Hangup;

#[cfg(not(any(unix, windows)))]
impl Hangup {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self)
    }
}

#[cfg(not(any(unix, windows)))]
impl Sources {
    pub(super) fn new(_: bool) -> io::Result<Self> {
        Ok(Self { hangup: None })
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<u8> {
        Poll::Pending
    }
}

impl Sources {
    pub(super) async fn next(&mut self) -> u8 {
        poll_fn(|cx| self.poll(cx)).await
    }
}
