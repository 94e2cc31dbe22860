//! SIGHUP.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGHUP: the terminal is gone, or somebody wants the settings to be reloaded. Several pending hangups count as one.
pub(super) struct Hangups {
    #[cfg(unix)]
    signal: Signal,
}

impl Hangups {
    /// From now on, a hangup does not end the process.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            signal: signal(SignalKind::hangup())?,
        })
    }

    /// Waits for the next hangup; cancel safe. On systems other than Unix, there are none.
    pub(super) async fn next(&mut self) {
        #[cfg(unix)]
        let hangup = self.signal.recv().await;
        #[cfg(not(unix))]
        let hangup: Option<()> = None;
        // After the end of the runtime, there are none either.
        if hangup.is_none() {
            std::future::pending::<()>().await;
        }
    }
}
