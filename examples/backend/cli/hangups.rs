//! SIGHUP.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The terminal has gone, or somebody wants the settings to be read again. Several at once are one.
pub(super) struct Hangups {
    #[cfg(unix)]
    signal: Signal,
}

impl Hangups {
    /// From now on they do not end the process.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            signal: signal(SignalKind::hangup())?,
        })
    }

    /// Waits for one; cancel safe. Elsewhere than on Unix there is none.
    pub(super) async fn next(&mut self) {
        #[cfg(unix)]
        let hangup = self.signal.recv().await;
        #[cfg(not(unix))]
        let hangup: Option<()> = None;
        // Nor are there any once the runtime ends.
        if hangup.is_none() {
            std::future::pending::<()>().await;
        }
    }
}
