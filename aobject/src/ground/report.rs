use std::cell::Cell;
use std::fmt;
use std::panic::Location;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use crate::ground::error::{Error, Phase};
use crate::ground::panic::catch_panic;
use crate::ground::stderr;

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
    Info,
    Warning,
    Error,
}

impl<'a> Report<'a> {
    /// The error of an init, a close or a task. `None` if nothing has failed: a close continues on a thread of the
    /// library, a program makes no progress, stops or ends.
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
    static IN_REPORT: Cell<bool> = const { Cell::new(false) };
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
    // Never re-entered: a subscriber or a hook may drop objects in turn. Without the thread-local the thread goes down,
    // and with it what the hook might drop.
    if IN_REPORT.try_with(|in_report| in_report.replace(true)) != Ok(false) {
        LEFT_OUT.fetch_add(1, Ordering::Relaxed);
        return;
    }
    if flood::admits() {
        if let Err(panic) = catch_panic(Phase::Close, || log(&report)) {
            // What the panic said is a `String`, nothing of the user's.
            let event = format!("an error that cannot be formatted: {panic:#}");
            let report = Report {
                event: &event,
                ..report
            };
            drop(catch_panic(Phase::Close, || log(&report)));
        }
    } else {
        // Only a number, which a later report says.
        LEFT_OUT.fetch_add(1, Ordering::Relaxed);
    }
    // The hook is dropped in there too, should it have been replaced meanwhile.
    drop(catch_panic(Phase::Close, || {
        let hook = HOOK.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(hook) = hook {
            hook(&report);
        }
    }));
    let _ = IN_REPORT.try_with(|in_report| in_report.set(false));
}

/// Whether this thread formats or delivers a report: what is dropped meanwhile is not reported in turn.
pub(crate) fn is_reporting() -> bool {
    IN_REPORT.try_with(Cell::get).unwrap_or(true)
}

/// To `tracing`, or where nobody listens, to standard error; errors after the end of a body to both.
fn log(report: &Report<'_>) {
    let left_out = match LEFT_OUT.swap(0, Ordering::Relaxed) {
        0 => String::new(),
        number => format!(" ({number} reports were left out)"),
    };
    #[cfg(feature = "tracing")]
    {
        use tracing::subscriber::NoSubscriber;
        // Not whether one has been set somewhere: it may be another thread's.
        if tracing::dispatcher::get_default(|current| !current.is::<NoSubscriber>()) {
            match report.level {
                Level::Info => tracing::info!("{report}{left_out}"),
                Level::Warning => tracing::warn!("{report}{left_out}"),
                Level::Error => tracing::error!("{report}{left_out}"),
            }
            if !matches!(report.level, Level::Error) || LATE.load(Ordering::Relaxed) == 0 {
                return;
            }
        }
    }
    let level = match report.level {
        Level::Info => "",
        Level::Warning => "warning: ",
        Level::Error => "error: ",
    };
    stderr::write(format!("aobject: {level}{report}{left_out}\n"));
}

/// A line of the program's own on standard error.
pub(crate) fn write_line(line: fmt::Arguments<'_>) {
    stderr::write(format!("aobject: {line}\n"));
}

/// Waits for what is being written, before the process ends.
pub(crate) fn flush() {
    stderr::flush();
}

/// How many reports were left out since the last one that said so.
static LEFT_OUT: AtomicUsize = AtomicUsize::new(0);

/// How many programs have come to the end of their body.
static LATE: AtomicUsize = AtomicUsize::new(0);

/// While it lives, errors are written to standard error, too: the subscriber may be gone.
pub(crate) struct AlsoToStderr;

pub(crate) fn also_to_stderr() -> AlsoToStderr {
    LATE.fetch_add(1, Ordering::Relaxed);
    AlsoToStderr
}

impl Drop for AlsoToStderr {
    fn drop(&mut self) {
        LATE.fetch_sub(1, Ordering::Relaxed);
        let left_out = LEFT_OUT.swap(0, Ordering::Relaxed);
        if left_out > 0 {
            write_line(format_args!("warning: {left_out} reports were left out"));
        }
        stderr::flush();
    }
}

/// A bound on the number of reports in a log.
mod flood {
    use std::sync::{LazyLock, Mutex, PoisonError};
    use std::time::{Duration, Instant};

    /// At most so many reports in a window.
    const REPORTS: usize = 256;
    const WINDOW: Duration = Duration::from_secs(1);

    static LATEST: LazyLock<Mutex<(Instant, usize)>> =
        LazyLock::new(|| Mutex::new((Instant::now(), 0)));

    pub(super) fn admits() -> bool {
        let mut latest = LATEST.lock().unwrap_or_else(PoisonError::into_inner);
        if latest.0.elapsed() >= WINDOW {
            *latest = (Instant::now(), 0);
        }
        latest.1 += 1;
        latest.1 <= REPORTS
    }
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
    let made_at = made_at.or(error.made_at());
    let event = &error.summary();
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
    let causes = error.causes();
    let event = &format_args!("task `{name}` {kind}{causes}{what_next}");
    report(Report {
        level: Level::Error,
        event,
        error: Some(error),
        made_at,
    });
}

/// What has succeeded took longer than its limit, since its code blocked the thread.
pub(crate) fn overrun(error: &Error, made_at: Place) {
    let event = &format_args!(
        "{error}, found late: its code blocks the thread, which `spawn_blocking` would not; its outcome stands"
    );
    report(Report {
        level: Level::Warning,
        event,
        error: Some(error),
        made_at,
    });
}

/// A field's share was released, and the object is still open.
pub(crate) fn still_shared(error: &Error) {
    let event = &error.summary();
    report(Report {
        level: Level::Warning,
        event,
        error: Some(error),
        made_at: None,
    });
}

/// An attempt to make a field failed, and has been rolled back; another one follows.
pub(crate) fn retried(error: &Error, attempt: usize, delay: Duration) {
    let summary = error.summary();
    report(Report {
        level: Level::Warning,
        event: &format_args!("{summary}; attempt {} in {delay:?}", attempt + 1),
        error: Some(error),
        made_at: None,
    });
}

/// An optional field could not be made, and its object starts without it.
pub(crate) fn done_without(error: &Error) {
    let summary = error.summary();
    report(Report {
        level: Level::Warning,
        event: &format_args!("{summary}; starting without it"),
        error: Some(error),
        made_at: None,
    });
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
pub(crate) fn unfinished(closes: usize, limit: Duration, names: &[String]) {
    let plural = if closes == 1 { "" } else { "s" };
    let names = match names.join(", ") {
        names if names.is_empty() => names,
        names => format!(": {names}"),
    };
    of_program(format_args!(
        "{closes} close{plural} had not ended within {limit:?}{names}"
    ));
}

/// About the program as a whole.
pub(crate) fn of_program(event: fmt::Arguments<'_>) {
    plain(Level::Error, &event);
}

/// A start, a stop or a close makes no progress.
pub(crate) fn stalled(notice: &str) {
    plain(Level::Warning, &notice);
}

/// A program has stopped.
pub(crate) fn stopped(line: &str) {
    plain(Level::Info, &line);
}

fn plain(level: Level, event: &dyn fmt::Display) {
    report(Report {
        level,
        event,
        error: None,
        made_at: None,
    });
}
