use std::cell::Cell;
use std::fmt;
use std::io::Write;
use std::panic::Location;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use crate::ground::error::{Error, Phase};
use crate::ground::panic::catch_panic;

/// Something that no caller can be told: a close in the background that failed, was lost, or had to be taken over by
/// a thread of the library.
///
/// `Display` is what is told to `tracing`, or to standard error. For more, see [`set_report_hook`].
#[derive(Clone, Copy)]
pub struct Report<'a> {
    pub(crate) level: Level,
    pub(crate) event: &'a dyn fmt::Display,
    pub(crate) error: Option<&'a Error>,
    pub(crate) made_at: Option<&'static Location<'static>>,
}

#[derive(Clone, Copy)]
pub(crate) enum Level {
    Warning,
    Error,
}

impl<'a> Report<'a> {
    /// What went wrong in a close; `None` if nothing has yet: it goes on on a thread of the library, or a program
    /// ends without it.
    #[must_use]
    pub fn error(&self) -> Option<&'a Error> {
        self.error
    }

    /// Where the object was made, as far as it is known.
    #[must_use]
    pub fn made_at(&self) -> Option<&'static Location<'static>> {
        self.made_at
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.event.fmt(f)?;
        self.made_at
            .map_or(Ok(()), |place| write!(f, " (made at {place})"))
    }
}

impl fmt::Debug for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

type Hook = Arc<dyn Fn(&Report<'_>) + Send + Sync>;

static HOOK: RwLock<Option<Hook>> = RwLock::new(None);

thread_local! {
    static IN_HOOK: Cell<bool> = const { Cell::new(false) };
}

/// Has every [`Report`] of the process given to a function too, for a counter or an alarm say; it takes the place of
/// an earlier one.
///
/// It is called wherever an object is dropped, so it must be quick. A panic in it is contained, and what it causes
/// to be reported itself is not given to it.
///
/// # Examples
///
/// ```
/// use std::sync::atomic::{AtomicUsize, Ordering};
///
/// static FAILED_CLOSES: AtomicUsize = AtomicUsize::new(0);
///
/// aobject::set_report_hook(|report| {
///     if report.error().is_some() {
///         FAILED_CLOSES.fetch_add(1, Ordering::Relaxed);
///     }
/// });
/// ```
pub fn set_report_hook(hook: impl Fn(&Report<'_>) + Send + Sync + 'static) {
    let hook: Hook = Arc::new(hook);
    // The earlier one is dropped after the lock: it is the user's.
    let _earlier = HOOK
        .write()
        .unwrap_or_else(PoisonError::into_inner)
        .replace(hook);
}

/// Called from `Drop`: formatting and listening are the user's code, and may panic.
fn report(report: Report<'_>) {
    if let Err(panic) = catch_panic(Phase::Close, || write(&report)) {
        // What the panic said is a `String`, nothing of the user's.
        let event = format_args!("an error that cannot be told: {panic}").to_string();
        drop(catch_panic(Phase::Close, || {
            write(&Report {
                event: &event,
                ..report
            })
        }));
    }
    call_hook(&report);
}

fn call_hook(report: &Report<'_>) {
    // No thread-local: the thread goes down, and with it whatever the hook might drop.
    if IN_HOOK.try_with(|in_hook| in_hook.replace(true)) != Ok(false) {
        return;
    }
    // It is dropped in there too, should it have been replaced meanwhile.
    drop(catch_panic(Phase::Close, || {
        let hook = HOOK.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(hook) = hook {
            hook(report);
        }
    }));
    let _ = IN_HOOK.try_with(|in_hook| in_hook.set(false));
}

/// To `tracing`, or where nobody listens, to standard error.
fn write(report: &Report<'_>) {
    #[cfg(feature = "tracing")]
    {
        use tracing::subscriber::NoSubscriber;
        // Not whether one has been set somewhere: it may be another thread's.
        if tracing::dispatcher::get_default(|current| !current.is::<NoSubscriber>()) {
            return match report.level {
                Level::Warning => tracing::warn!("{report}"),
                Level::Error => tracing::error!("{report}"),
            };
        }
    }
    let level = match report.level {
        Level::Warning => "warning",
        Level::Error => "error",
    };
    // Not `eprintln!`, which panics when standard error is closed.
    let _ = std::io::stderr().write_all(format!("aobject: {level}: {report}\n").as_bytes());
}

type Place = Option<&'static Location<'static>>;

/// A background close went well: worth a look only when one looks for forgotten closes.
pub(crate) fn closed(name: impl FnOnce() -> String, made_at: Place) {
    #[cfg(feature = "tracing")]
    if let Some(made_at) = made_at {
        let reported = catch_panic(Phase::Close, || {
            tracing::debug!(object = format!("`{}`", name()), %made_at, "closed in the background");
        });
        // A subscriber panicked at good news.
        drop(reported);
    }
    #[cfg(not(feature = "tracing"))]
    let _ = (name, made_at);
}

/// Something went wrong, and no caller can return it.
pub(crate) fn failed(error: &Error, made_at: Place) {
    let event = &format_args!("{error:#}");
    report(Report {
        level: Level::Error,
        event,
        error: Some(error),
        made_at,
    });
}

/// A task ended early. Its owner's close returns the error too, which may be much later.
pub(crate) fn task_failed(name: &str, error: &Error, spawned_at: &'static Location<'static>) {
    task_ended(name, error, spawned_at, "");
}

/// A task failed, and starts anew after `delay`.
pub(crate) fn task_restarts(
    name: &str,
    error: &Error,
    delay: Duration,
    spawned_at: &'static Location<'static>,
) {
    task_ended(
        name,
        error,
        spawned_at,
        &format!("; restarting in {delay:?}"),
    );
}

fn task_ended(name: &str, error: &Error, spawned_at: &'static Location<'static>, what_next: &str) {
    let kind = error.kind();
    let made_at = Some(spawned_at);
    let report = |event: &dyn fmt::Display| {
        report(Report {
            level: Level::Error,
            event,
            error: Some(error),
            made_at,
        });
    };
    // Formatted where a panic is caught: the cause is the user's.
    match std::error::Error::source(error) {
        Some(cause) => report(&format_args!("task `{name}` {kind}: {cause}{what_next}")),
        None => report(&format_args!("task `{name}` {kind}{what_next}")),
    }
}

/// A close continues on the library's own thread.
pub(crate) fn handed_over(name: &str, made_at: Place, why: &str) {
    let event = format_args!("closing {name} on aobject's own thread: {why}");
    report(Report {
        level: Level::Warning,
        event: &event,
        error: None,
        made_at,
    });
}

/// A program ends, and closes with it.
pub(crate) fn unfinished(closes: usize, limit: Duration) {
    let plural = if closes == 1 { "" } else { "s" };
    of_program(format_args!(
        "{closes} close{plural} had not ended within {limit:?}"
    ));
}

/// About the program as a whole.
pub(crate) fn of_program(event: fmt::Arguments<'_>) {
    report(Report {
        level: Level::Error,
        event: &event,
        error: None,
        made_at: None,
    });
}
