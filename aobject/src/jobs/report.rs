//! Where it is told what became of closes that nobody waits for.
//!
//! Called from `Drop`: whatever formats, or listens, is the user's code, and may panic.

use std::io::Write;
use std::panic::Location;
use std::time::Duration;

use super::job::Job;
use crate::contain::contain;
use crate::{Error, Phase, Stopped};

type Place = Option<&'static Location<'static>>;

/// It went well: worth a look only when one looks for forgotten closes.
pub(crate) fn closed<F>(job: &Job<F>) {
    #[cfg(feature = "tracing")]
    if let Some(made_at) = job.made_at() {
        let told = contain(Phase::Close, || {
            tracing::debug!(object = job.path(), %made_at, "closed in the background");
        });
        // Somebody's subscriber panicked at good news.
        drop(told);
    }
    #[cfg(not(feature = "tracing"))]
    let _ = job;
}

/// It went wrong, and there is no caller to tell.
pub(crate) fn failed(error: &Error, made_at: Place) {
    tell(Level::Error, made_at, &|| format!("{error:#}"));
}

/// It goes on on the library's own thread.
pub(crate) fn handed_over(job: &Job, why: &str) {
    tell(Level::Warn, job.made_at(), &|| {
        format!("close of `{}` goes on on a thread of its own: {why}", job.path())
    });
}

/// It cannot go on at all.
pub(crate) fn no_thread(job: &Job, cause: &std::io::Error) {
    tell(Level::Error, job.made_at(), &|| {
        format!("close of `{}` is not possible, there is no thread for it: {cause}", job.path())
    });
}

/// A program ends, and these with it.
pub(crate) fn unfinished(closes: usize, limit: Duration) {
    let closes = if closes == 1 { "1 close".to_owned() } else { format!("{closes} closes") };
    tell(Level::Error, None, &|| format!("{closes} had not ended within {limit:?}"));
}

/// A program cannot be told to end.
pub(crate) fn no_signals(cause: &std::io::Error) {
    tell(Level::Error, None, &|| format!("signals are not handled: {cause}"));
}

/// A second signal.
pub(crate) fn stopped_at_once(stopped: Stopped) {
    tell(Level::Error, None, &|| format!("{stopped} again, without waiting for closes"));
}

#[derive(Clone, Copy)]
enum Level {
    Warn,
    Error,
}

fn tell(level: Level, made_at: Place, text: &dyn Fn() -> String) {
    let made_at = made_at.map(|place| format!(" (made at {place})")).unwrap_or_default();
    if let Err(panic) = contain(Phase::Close, || write(level, &format!("{}{made_at}", text()))) {
        // What the panic said is a `String`, nothing of the user's.
        drop(contain(Phase::Close, || {
            write(level, &format!("an error that cannot be told: {panic}{made_at}"));
        }));
    }
}

/// To `tracing`, or where nobody listens, to standard error.
fn write(level: Level, text: &str) {
    #[cfg(feature = "tracing")]
    {
        use tracing::subscriber::NoSubscriber;
        // Not whether one has been set somewhere: it may be another thread's.
        if tracing::dispatcher::get_default(|current| !current.is::<NoSubscriber>()) {
            return match level {
                Level::Warn => tracing::warn!("{text}"),
                Level::Error => tracing::error!("{text}"),
            };
        }
    }
    let level = match level {
        Level::Warn => "warning",
        Level::Error => "error",
    };
    // Not `eprintln!`, which panics when standard error is closed.
    let _ = std::io::stderr().write_all(format!("aobject: {level}: {text}\n").as_bytes());
}
