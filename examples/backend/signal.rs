//! Being asked to stop.

use std::fmt;
use std::io;

/// The signal that came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signal {
    name: &'static str,
    number: u8,
}

const INTERRUPT: Signal = Signal { name: "interrupted", number: 2 };

impl Signal {
    /// What the shell expects of a program that a signal ended.
    pub(crate) fn exit_code(self) -> u8 {
        128 + self.number
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Ready at Ctrl-C or SIGTERM, both of which are caught from the call on.
#[cfg(unix)]
pub(crate) fn stop() -> io::Result<impl Future<Output = Signal>> {
    use tokio::signal::unix::{SignalKind, signal};

    const TERMINATE: Signal = Signal { name: "terminated", number: 15 };
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => INTERRUPT,
            _ = terminate.recv() => TERMINATE,
        }
    })
}

/// Ready at Ctrl-C, which is caught from the call on.
#[cfg(windows)]
pub(crate) fn stop() -> io::Result<impl Future<Output = Signal>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
        INTERRUPT
    })
}
