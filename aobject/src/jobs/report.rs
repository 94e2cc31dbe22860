//! Where it is told what became of closes that nobody waits for.

use std::panic::Location;

use crate::Error;
use crate::jobs::job::Job;

/// It went well: worth a look only when one looks for forgotten closes.
pub(crate) fn closed(job: &Job) {
    #[cfg(feature = "tracing")]
    if let Some(made_at) = job.made_at() {
        tracing::debug!(object = job.path(), %made_at, "closed in the background");
    }
    #[cfg(not(feature = "tracing"))]
    let _ = job;
}

/// It went wrong, and there is no caller to tell.
pub(crate) fn failed(error: &Error, made_at: Option<&'static Location<'static>>) {
    tell(&format!("{error:#}"), made_at);
}

/// It goes on on the library's own thread.
pub(crate) fn handed_over(job: &Job) {
    let text = format!("close of `{}` goes on without its runtime, which is shutting down", job.path());
    tell(&text, job.made_at());
}

/// It cannot go on at all.
pub(crate) fn no_thread(job: &Job, cause: &std::io::Error) {
    tell(
        &format!("close of `{}` is not possible, no thread to close it on: {cause}", job.path()),
        job.made_at(),
    );
}

fn tell(text: &str, made_at: Option<&'static Location<'static>>) {
    let made_at = made_at.map(|place| format!(" (made at {place})")).unwrap_or_default();
    #[cfg(feature = "tracing")]
    if tracing::dispatcher::has_been_set() {
        return tracing::error!("{text}{made_at}");
    }
    // Not `eprintln!`, which panics when standard error is closed.
    let _ =
        std::io::Write::write_all(&mut std::io::stderr(), format!("aobject: {text}{made_at}\n").as_bytes());
}
