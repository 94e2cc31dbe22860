use std::any::Any;
use std::error::Error as StdError;
use std::fmt;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use crate::ground::path::PathSegment;

pub(crate) mod display;

/// Any error: what [`AObject::init`](crate::AObject::init) and [`AObject::close`](crate::AObject::close)
/// return, so that `?` works on whatever goes wrong in them.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// What went wrong in the life of an object: where, in which phase, how, and why.
///
/// The root cause comes first: an error that passes through the parents of the object that failed is not
/// wrapped, its [`path`](Self::path) gets longer. What else went wrong, in the rollback for example, is in
/// [`related`](Self::related).
///
/// `Display` is one line: phase, path and kind, without the causes, which [`source`](StdError::source) yields: a
/// reporter that walks the chain says everything once. `{:#}` is the whole report, causes and related errors included,
/// and so is `Debug`, which a `main` that returns an error prints.
///
/// Cloning is cheap: clones share one allocation.
///
/// # Examples
///
/// ```
/// use aobject::{AObject, BoxError, ErrorKind, Phase};
///
/// struct Port(u16);
///
/// impl AObject for Port {
///     type Seed = &'static str;
///     async fn init(seed: &'static str) -> Result<Self, BoxError> {
///         Ok(Port(seed.parse()?))
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let error = Port::start("http").await.unwrap_err();
/// assert_eq!(error.path(), "Port");
/// assert_eq!((error.phase(), error.kind()), (Phase::Init, ErrorKind::Failed));
/// assert!(error.downcast_ref::<std::num::ParseIntError>().is_some());
/// assert_eq!(error.to_string(), "init of `Port` failed");
/// assert_eq!(format!("{error:#}"), "init of `Port` failed: invalid digit found in string");
/// # }
/// ```
#[derive(Clone)]
pub struct Error(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    /// `App.store.pool`; empty until an object or a field has put its name to it.
    path: String,
    phase: Phase,
    kind: ErrorKind,
    cause: Option<Arc<dyn StdError + Send + Sync>>,
    /// Only for a timeout.
    limit: Option<Duration>,
    /// Only where a failed init is retried: how often it was attempted.
    attempts: Option<usize>,
    /// Only for a timeout: what else was in flight, by path.
    in_flight: Vec<String>,
    /// The first [`RELATED`] of them.
    related: Vec<Error>,
    /// Where the object was made, for a report.
    made_at: Option<&'static Location<'static>>,
    /// How many more there were.
    more: usize,
}

/// How many related errors an error lists.
pub(crate) const RELATED: usize = 64;

/// The part of an object's life in which an [`Error`] happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Between the first poll of a [`New`](crate::New) and the moment it yields a [`Live`](crate::Live).
    Init,
    /// While an object, or what was made of one, was closed; rollback included.
    Close,
}

/// How an object failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// It returned an error, which is the [`source`](StdError::source).
    Failed,
    /// It did not end within its limit.
    TimedOut,
    /// It panicked; the message is the [`source`](StdError::source).
    Panicked,
    /// It waits for itself; the chain of names is the [`source`](StdError::source).
    Reentered,
    /// It is closed already.
    Closed,
    /// Others still hold it.
    StillShared,
    /// Its close, or its task, was half-done when the runtime that ran it shut down: it cannot be resumed.
    Lost,
    /// A task that ended, although nobody had asked it to.
    Ended,
}

impl Error {
    /// An error of a close of your own, for an implementation of [`Close`](crate::Close) that does not end in
    /// another object's close. The object that holds it puts its name in front.
    ///
    /// An [`Error`] given as the cause is returned as it is.
    ///
    /// # Examples
    ///
    /// ```
    /// use aobject::{Close, Error, Phase};
    ///
    /// struct Spool(std::fs::File);
    ///
    /// impl Close for Spool {
    ///     async fn close(self) -> Result<(), Error> {
    ///         self.0.sync_all().map_err(|error| Error::new(Phase::Close, error))
    ///     }
    /// }
    /// ```
    pub fn new(phase: Phase, cause: impl Into<BoxError>) -> Self {
        Self::from_cause(phase, cause.into())
    }

    /// Where it happened: the object's type name, then the fields down to what failed, `App.store.pool`.
    ///
    /// A child that a hand-written `init` made is called by its type name; an element of a collection by
    /// its index, `App.shards[3]`. Modules and generic arguments are left out.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// Whether it happened in an init or in a close.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.0.phase
    }

    /// How it failed.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The first error of type `E` along [`source`](StdError::source), however deep in the graph it arose.
    #[must_use]
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        std::iter::successors(self.source(), |error| (*error).source())
            .find_map(|error| error.downcast_ref())
    }

    /// What else went wrong, rollback included: flat, in order of time, with full paths; the first 64.
    #[must_use]
    pub fn related(&self) -> &[Error] {
        &self.0.related
    }
}

/// How the library makes errors and puts names to them.
impl Error {
    fn of(phase: Phase, kind: ErrorKind, cause: Option<Arc<dyn StdError + Send + Sync>>) -> Self {
        Self(Arc::new(Inner {
            path: String::new(),
            phase,
            kind,
            cause,
            limit: None,
            attempts: None,
            in_flight: Vec::new(),
            related: Vec::new(),
            made_at: None,
            more: 0,
        }))
    }

    /// An `Error` that passed through a user's `?` comes out as itself; anything else becomes the cause.
    pub(crate) fn from_cause(phase: Phase, cause: BoxError) -> Self {
        match cause.downcast::<Self>() {
            Ok(error) => *error,
            Err(cause) => Self::of(phase, ErrorKind::Failed, Some(Arc::from(cause))),
        }
    }

    pub(crate) fn panicked(phase: Phase, payload: Box<dyn Any + Send>) -> Self {
        let message = match payload.downcast::<String>() {
            Ok(message) => *message,
            Err(payload) => match payload.downcast::<&str>() {
                Ok(message) => (*message).to_owned(),
                Err(payload) => {
                    // It may be an object, and its destructor may panic in turn.
                    let dropped = catch_unwind(AssertUnwindSafe(|| drop(payload)));
                    dropped.unwrap_or_else(std::mem::forget);
                    "without a message".to_owned()
                }
            },
        };
        Self::of(phase, ErrorKind::Panicked, Some(Arc::new(Message(message))))
    }

    /// `in_flight` are the paths of what had not ended, in order of start: the first becomes the error's own.
    pub(crate) fn timed_out(phase: Phase, limit: Duration, in_flight: Vec<String>) -> Self {
        let mut in_flight = in_flight.into_iter();
        let path = in_flight.next().unwrap_or_default();
        Self::of(phase, ErrorKind::TimedOut, None).edit(|inner| {
            inner.path = path;
            inner.limit = Some(limit);
            inner.in_flight = in_flight.collect();
        })
    }

    /// The last error of several attempts, if there may have been several.
    pub(crate) fn after_attempts(self, attempts: Option<usize>) -> Self {
        if attempts.is_none() {
            return self;
        }
        self.edit(|inner| inner.attempts = attempts)
    }

    pub(crate) fn in_phase(self, phase: Phase) -> Self {
        self.edit(|inner| inner.phase = phase)
    }

    pub(crate) fn ended(phase: Phase) -> Self {
        Self::of(phase, ErrorKind::Ended, None)
    }

    /// The system has no thread for a close outside a runtime.
    pub(crate) fn no_thread(name: &str, cause: &std::io::Error) -> Self {
        let message = format!("no thread to close {name} on: {cause}");
        Self::of(
            Phase::Close,
            ErrorKind::Lost,
            Some(Arc::new(Message(message))),
        )
    }

    pub(crate) fn lost() -> Self {
        Self::of(Phase::Close, ErrorKind::Lost, None)
    }

    /// `chain` are the names of those that wait for each other.
    pub(crate) fn reentered(chain: &str) -> Self {
        Self::of(
            Phase::Init,
            ErrorKind::Reentered,
            Some(Arc::new(Message(chain.to_owned()))),
        )
    }

    pub(crate) fn closed() -> Self {
        Self::of(Phase::Init, ErrorKind::Closed, None)
    }

    /// So many other shares are held.
    pub(crate) fn still_shared(others: usize) -> Self {
        let plural = if others == 1 {
            "share is"
        } else {
            "shares are"
        };
        let message = Message(format!("{others} other {plural} held"));
        Self::of(
            Phase::Close,
            ErrorKind::StillShared,
            Some(Arc::new(message)),
        )
    }

    /// One error of many: the first, with the rest related to it. `None` if there is none.
    pub(crate) fn merge(errors: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut errors = errors.into_iter();
        let first = errors.next()?;
        Some(first.with_related(errors))
    }

    /// Adds what went wrong later.
    pub(crate) fn with_related(self, later: impl IntoIterator<Item = Self>) -> Self {
        let mut later = later.into_iter().peekable();
        if later.peek().is_none() {
            return self;
        }
        self.edit(|inner| {
            for mut error in later {
                let (nested, more) = error.take_related();
                for one in std::iter::once(error).chain(nested) {
                    if inner.related.len() < RELATED {
                        inner.related.push(one);
                    } else {
                        inner.more += 1;
                    }
                }
                inner.more += more;
            }
        })
    }

    fn take_related(&mut self) -> (Vec<Self>, usize) {
        if self.count_related() == 0 {
            return (Vec::new(), 0);
        }
        let inner = Arc::make_mut(&mut self.0);
        (
            std::mem::take(&mut inner.related),
            std::mem::take(&mut inner.more),
        )
    }

    /// How many errors are related to it, listed or not.
    pub(crate) fn count_related(&self) -> usize {
        self.0.related.len() + self.0.more
    }

    /// Says where the object was made, unless an inner one did.
    pub(crate) fn made(self, made_at: Option<&'static Location<'static>>) -> Self {
        match (self.0.made_at, made_at) {
            (None, Some(_)) => self.edit(|inner| inner.made_at = made_at),
            _ => self,
        }
    }

    /// Where the object was made, as far as it is known.
    pub(crate) fn made_at(&self) -> Option<&'static Location<'static>> {
        self.0.made_at
    }

    /// Adds to the number of related errors that are not listed.
    pub(crate) fn and_more(self, more: usize) -> Self {
        if more == 0 {
            self
        } else {
            self.edit(|inner| inner.more += more)
        }
    }

    /// Seen from a holder that has a name for it which is not known at compile time.
    pub(crate) fn at(self, name: &str) -> Self {
        self.edit(|inner| {
            let rest = inner
                .path
                .find(['.', '['])
                .map_or("", |at| &inner.path[at..]);
            inner.path = format!("{name}{rest}");
            let related = std::mem::take(&mut inner.related);
            inner.related = related.into_iter().map(|error| error.at(name)).collect();
        })
    }

    /// Seen from one holder further up.
    pub(crate) fn named(self, segment: &PathSegment) -> Self {
        if let PathSegment::None = segment {
            return self;
        }
        self.edit(|inner| {
            inner.path = segment.apply(&inner.path);
            for path in &mut inner.in_flight {
                *path = segment.apply(path);
            }
            let related = std::mem::take(&mut inner.related);
            inner.related = related
                .into_iter()
                .map(|error| error.named(segment))
                .collect();
        })
    }

    fn edit(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.cause.as_deref().map(|cause| cause as _)
    }
}

/// What the library itself has to say: what a panic said, who waits for whom.
#[derive(Debug)]
struct Message(String);

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl StdError for Message {}

#[cfg(test)]
mod tests;
