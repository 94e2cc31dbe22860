//! What is told of closes that nobody waits for.

use std::fmt;
use std::panic::Location;
use std::time::Duration;

use super::job::Job;
use crate::report::{Level, Report, tell};
use crate::{Error, Stopped};

type Place = Option<&'static Location<'static>>;

/// It went well: worth a look only when one looks for forgotten closes.
pub(crate) fn closed<F>(job: &Job<F>) {
    #[cfg(feature = "tracing")]
    if let Some(made_at) = job.made_at() {
        let told = crate::contain::contain(crate::Phase::Close, || {
            tracing::debug!(object = job.name(), %made_at, "closed in the background");
        });
        // Somebody's subscriber panicked at good news.
        drop(told);
    }
    #[cfg(not(feature = "tracing"))]
    let _ = job;
}

/// It went wrong, and there is no caller to tell.
pub(crate) fn failed(error: &Error, made_at: Place) {
    tell(Report {
        level: Level::Error,
        event: &format_args!("{error:#}"),
        error: Some(error),
        made_at,
    });
}

/// A task ended early. Its owner's close tells it too, which may be much later.
pub(crate) fn task_failed(index: usize, error: &Error) {
    let kind = error.kind();
    let report = |event: &dyn fmt::Display| {
        tell(Report {
            level: Level::Error,
            event,
            error: Some(error),
            made_at: None,
        });
    };
    // Formatted where a panic is contained: the cause is the user's.
    match std::error::Error::source(error) {
        Some(cause) => report(&format_args!("task {index} {kind}: {cause}")),
        None => report(&format_args!("task {index} {kind}")),
    }
}

/// It goes on on the library's own thread.
pub(crate) fn handed_over(job: &Job, why: &str) {
    let event = format_args!(
        "close of {} goes on on a thread of its own: {why}",
        job.name()
    );
    tell(Report {
        level: Level::Warning,
        event: &event,
        error: None,
        made_at: job.made_at(),
    });
}

/// It cannot go on at all.
pub(crate) fn no_thread(job: &Job, cause: &std::io::Error) {
    let event = format_args!(
        "close of {} is not possible, there is no thread for it: {cause}",
        job.name()
    );
    tell(Report {
        level: Level::Error,
        event: &event,
        error: None,
        made_at: job.made_at(),
    });
}

/// A program ends, and these with it.
pub(crate) fn unfinished(closes: usize, limit: Duration) {
    let plural = if closes == 1 { "" } else { "s" };
    of_program(format_args!(
        "{closes} close{plural} had not ended within {limit:?}"
    ));
}

/// A program cannot be told to end.
pub(crate) fn no_signals(cause: &std::io::Error) {
    of_program(format_args!("signals are not handled: {cause}"));
}

/// A second signal.
pub(crate) fn stopped_at_once(stopped: Stopped) {
    of_program(format_args!("{stopped} again, without waiting for closes"));
}

fn of_program(event: fmt::Arguments<'_>) {
    tell(Report {
        level: Level::Error,
        event: &event,
        error: None,
        made_at: None,
    });
}
