use std::cell::Cell;
use std::fmt;
use std::io::Write;
use std::panic::Location;
use std::sync::{Arc, PoisonError, RwLock};

use crate::contain::contain;
use crate::{Error, Phase};

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

/// Tells it. Called from `Drop`: whatever formats, or listens, is the user's code, and may panic.
pub(crate) fn tell(report: Report<'_>) {
    if let Err(panic) = contain(Phase::Close, || write(&report)) {
        // What the panic said is a `String`, nothing of the user's.
        let event = format_args!("an error that cannot be told: {panic}").to_string();
        drop(contain(Phase::Close, || {
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
    drop(contain(Phase::Close, || {
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
