use std::cell::Cell;
use std::fmt;
use std::panic::Location;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use crate::ground::error::{Error, Phase};
use crate::ground::panic::catch_panic;
use crate::ground::stderr;

/// A failure that no caller can return: a close in the background that failed, was lost, or moved to a thread of
/// the library; a task that ended early.
///
/// `Display` prints the line that goes to `tracing`, or to standard error. It includes the causes and the place
/// where the object was made. To receive reports, see [`set_report_hook`].
///
/// # Examples
///
/// See [`set_report_hook`].
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

    /// The place where the object was made or the task was spawned, if it is known.
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

/// Installs a process-wide hook that receives every [`Report`], for a counter or an alarm, for example. Replaces
/// any previous hook.
///
/// The hook may be called wherever an object is dropped, so it must be quick. A panic in the hook is caught, and
/// reports that the hook itself causes are not passed to it.
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
    // Dropped after the lock is released, because it is user code.
    let _earlier = HOOK
        .write()
        .unwrap_or_else(PoisonError::into_inner)
        .replace(hook);
}

/// Called from `Drop`. The formatting, the subscriber and the hook are user code and may panic.
fn report(report: Report<'_>) {
    // Never re-entered, because a subscriber or a hook may drop objects as well. If the thread-local is gone, the
    // thread is ending, and so are any objects that the hook might drop.
    if IN_REPORT.try_with(|in_report| in_report.replace(true)) != Ok(false) {
        LEFT_OUT.fetch_add(1, Ordering::Relaxed);
        return;
    }
    if flood::admits() {
        if let Err(panic) = catch_panic(Phase::Close, || log(&report)) {
            // The message of the panic is a `String`, so no user code runs here.
            let event = format!(
                "cannot format an error: its formatter panicked{}",
                panic.causes()
            );
            let report = Report {
                event: &event,
                ..report
            };
            drop(catch_panic(Phase::Close, || log(&report)));
        }
    } else {
        // Only counted; a later report prints the number.
        LEFT_OUT.fetch_add(1, Ordering::Relaxed);
    }
    // The hook is also dropped in there, if it has been replaced meanwhile.
    drop(catch_panic(Phase::Close, || {
        let hook = HOOK.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(hook) = hook {
            hook(&report);
        }
    }));
    let _ = IN_REPORT.try_with(|in_report| in_report.set(false));
}

/// Whether this thread is formatting or delivering a report. Anything dropped meanwhile is not reported.
pub(crate) fn is_reporting() -> bool {
    IN_REPORT.try_with(Cell::get).unwrap_or(true)
}

/// Writes to `tracing`, or to standard error if there is no subscriber. Errors after the end of a body go to
/// both.
fn log(report: &Report<'_>) {
    let left_out = match LEFT_OUT.swap(0, Ordering::Relaxed) {
        0 => String::new(),
        1 => " (1 report suppressed)".to_owned(),
        number => format!(" ({number} reports suppressed)"),
    };
    #[cfg(feature = "tracing")]
    {
        use tracing::subscriber::NoSubscriber;
        // Asks for the subscriber of this thread; another thread may have a different one.
        if tracing::dispatcher::get_default(|current| !current.is::<NoSubscriber>()) {
            match report.level {
                Level::Info => tracing::info!(target: "aobject", "{report}{left_out}"),
                Level::Warning => tracing::warn!(target: "aobject", "{report}{left_out}"),
                Level::Error => tracing::error!(target: "aobject", "{report}{left_out}"),
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

/// Writes a line about the program itself to standard error.
pub(crate) fn write_line(line: fmt::Arguments<'_>) {
    stderr::write(format!("aobject: {line}\n"));
}

/// Waits for pending lines, before the process ends.
pub(crate) fn flush() {
    stderr::flush();
}

/// The number of reports left out since a report last printed it. Relaxed: only a count.
static LEFT_OUT: AtomicUsize = AtomicUsize::new(0);

/// The number of programs whose body has ended. Relaxed: a report that races with the end of a body may miss it.
static LATE: AtomicUsize = AtomicUsize::new(0);

/// While this is alive, errors also go to standard error, because the subscriber may be gone.
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
            let plural = if left_out == 1 { "" } else { "s" };
            write_line(format_args!(
                "warning: {left_out} report{plural} suppressed"
            ));
        }
        stderr::flush();
    }
}

/// Limits the rate of reports in a log.
mod flood {
    use std::sync::{LazyLock, Mutex, PoisonError};
    use std::time::{Duration, Instant};

    /// The maximum number of reports per window.
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

/// A background close succeeded. Logged at debug level, for finding forgotten closes.
pub(crate) fn closed(name: impl FnOnce() -> String, made_at: Place) {
    #[cfg(feature = "tracing")]
    if let Some(made_at) = made_at {
        let reported = catch_panic(Phase::Close, || {
            tracing::debug!(object = format!("`{}`", name()), %made_at, "closed in the background");
        });
        // A panic of the subscriber is ignored.
        drop(reported);
    }
    #[cfg(not(feature = "tracing"))]
    let _ = (name, made_at);
}

/// A failure that no caller can return.
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

/// A task ended early. The close of its owner also returns the error, but possibly much later.
pub(crate) fn task_failed(name: &str, error: &Error, spawned_at: &'static Location<'static>) {
    task_ended(name, error, spawned_at, "");
}

/// A task failed and restarts after `delay`.
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

/// A step succeeded after its limit had passed, because its code blocked the thread.
pub(crate) fn overrun(error: &Error, made_at: Place) {
    let event = &format_args!(
        "{error}, noticed only afterwards because it blocked its thread; its result is kept (run blocking code in `spawn_blocking`)"
    );
    report(Report {
        level: Level::Warning,
        event,
        error: Some(error),
        made_at,
    });
}

/// The share of a field was released, but other owners keep the object open.
pub(crate) fn still_shared(error: &Error) {
    let event = &error.summary();
    report(Report {
        level: Level::Warning,
        event,
        error: Some(error),
        made_at: None,
    });
}

/// An attempt to make a field failed and was rolled back. Another attempt follows.
pub(crate) fn retried(error: &Error, attempt: usize, delay: Duration) {
    let summary = error.summary();
    report(Report {
        level: Level::Warning,
        event: &format_args!("{summary}; attempt {} in {delay:?}", attempt + 1),
        error: Some(error),
        made_at: None,
    });
}

/// An optional field could not be made. Its object starts without it.
pub(crate) fn done_without(error: &Error) {
    let summary = error.summary();
    report(Report {
        level: Level::Warning,
        event: &format_args!("{summary}; starting without it"),
        error: Some(error),
        made_at: None,
    });
}

/// A close continues on the thread of the library.
pub(crate) fn handed_over(name: &str, made_at: Place, why: &str) {
    let event = format_args!("closing {name} on aobject's own thread: {why}");
    report(Report {
        level: Level::Warning,
        event: &event,
        error: None,
        made_at,
    });
}

/// A program ends before its closes do.
pub(crate) fn unfinished(closes: usize, limit: Duration, names: &[String]) {
    let plural = if closes == 1 { "" } else { "s" };
    let names = match names.join(", ") {
        names if names.is_empty() => names,
        names => format!(": {names}"),
    };
    of_program(format_args!(
        "{closes} close{plural} did not finish within {limit:?}{names}"
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
