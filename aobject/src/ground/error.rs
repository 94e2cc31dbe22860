use std::any::Any;
use std::error::Error as StdError;
use std::fmt;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use crate::ground::path::PathSegment;

pub(crate) mod display;

/// Any error. [`AObject::init`](crate::AObject::init) and [`AObject::close`](crate::AObject::close) return it, so
/// that `?` works on every error type.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// A failure in the life of an object: where it happened, in which phase, how, and why.
///
/// The root cause comes first. The objects above the failed one do not wrap its error; they make its
/// [`path`](Self::path) longer. Other failures, for example in the rollback, are in [`related`](Self::related).
///
/// `Display` prints one line with phase, path and kind, and leaves the causes to [`source`](StdError::source), so
/// that a reporter that walks the chain prints everything once. `{:#}` prints the whole report, with causes and
/// related errors. So does `Debug`, which a `main` that returns an error prints.
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
    /// `App.store.pool`. Empty until an object or a field adds its name.
    path: String,
    phase: Phase,
    kind: ErrorKind,
    cause: Option<Arc<dyn StdError + Send + Sync>>,
    /// Set only for a timeout.
    limit: Option<Duration>,
    /// The number of attempts, if a failed init is retried.
    attempts: Option<usize>,
    /// Set only for a timeout: the paths of what else was in flight.
    in_flight: Vec<String>,
    /// The first [`RELATED`] related errors.
    related: Vec<Error>,
    /// The place where the object was made, for a report.
    made_at: Option<&'static Location<'static>>,
    /// The number of related errors that are not listed.
    more: usize,
}

/// The maximum number of related errors that an error lists.
pub(crate) const RELATED: usize = 64;

/// The part of an object's life in which an [`Error`] happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Between the first poll of a [`New`](crate::New) and the moment when it resolves to a
    /// [`Live`](crate::Live).
    Init,
    /// While an object, or a part of one, was closed. This includes the rollback.
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
    /// It panicked. The [`source`](StdError::source) is the message.
    Panicked,
    /// It waits for itself. The [`source`](StdError::source) names the chain.
    Reentered,
    /// It was already closed.
    Closed,
    /// Other owners still hold it.
    StillShared,
    /// Its close, or its task, did not end before its runtime shut down, or no thread could be started for it.
    /// The [`source`](StdError::source) says which. It cannot be resumed.
    Lost,
    /// A task ended without being asked to.
    Ended,
}

impl Error {
    /// Makes an error, for an implementation of [`Close`](crate::Close) that does not call another object's
    /// close. The object that holds the value adds its name to the path.
    ///
    /// If the cause is an [`Error`], it is returned unchanged, in its own phase.
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

    /// The place of the failure in the graph: the type name of the outermost object, then the fields down to the
    /// failed part, `App.store.pool`.
    ///
    /// An object that a hand-written `init` made appears with its type name, an element of a collection with its
    /// index: `App.shards[3]`. Module names and generic arguments are left out.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// Returns whether it happened in an init or in a close.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.0.phase
    }

    /// Returns how it failed.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The first error of type `E` in the chain of [`source`](StdError::source)s, at any depth of the graph.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{Error, Phase};
    /// let error = Error::new(Phase::Close, "x".parse::<u16>().unwrap_err());
    /// assert!(error.downcast_ref::<std::num::ParseIntError>().is_some());
    /// assert!(error.downcast_ref::<std::io::Error>().is_none());
    /// ```
    #[must_use]
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        std::iter::successors(self.source(), |error| (*error).source())
            .find_map(|error| error.downcast_ref())
    }

    /// The other failures, including those of the rollback. The list is flat, in order of time, with full paths.
    /// It contains at most 64 errors; `{:#}` prints how many more there were.
    ///
    /// # Examples
    ///
    /// ```
    /// use aobject::{AObject, Live, Phase};
    ///
    /// #[derive(AObject)]
    /// #[aobject(close = Self::flush)]
    /// struct Store;
    ///
    /// impl Store {
    ///     async fn flush(&mut self) -> Result<(), &'static str> {
    ///         Err("disk full")
    ///     }
    /// }
    ///
    /// #[derive(AObject, Debug)]
    /// struct App {
    ///     #[aobject(init = Store::new().await?)]
    ///     store: Live<Store>,
    ///     #[aobject(init = "http".parse::<u16>()?, after(store))]
    ///     port: u16,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let error = App::new().await.unwrap_err();
    /// assert_eq!(error.path(), "App.port");
    /// let [rollback] = error.related() else { panic!("{error:#}") };
    /// assert_eq!((rollback.path(), rollback.phase()), ("App.store", Phase::Close));
    /// # }
    /// ```
    #[must_use]
    pub fn related(&self) -> &[Error] {
        &self.0.related
    }
}

/// Making errors, and adding names to their paths.
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

    /// Returns an `Error` that passed through a user's `?` unchanged. Any other error becomes the cause.
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
                    // The payload may be an object, and its destructor may panic as well.
                    let dropped = catch_unwind(AssertUnwindSafe(|| drop(payload)));
                    dropped.unwrap_or_else(std::mem::forget);
                    "no message".to_owned()
                }
            },
        };
        Self::of(phase, ErrorKind::Panicked, Some(Arc::new(Message(message))))
    }

    /// `in_flight` contains the paths of the parts that had not ended, in order of start. The first one becomes
    /// the path of the error.
    pub(crate) fn timed_out(phase: Phase, limit: Duration, in_flight: Vec<String>) -> Self {
        let mut in_flight = in_flight.into_iter();
        let path = in_flight.next().unwrap_or_default();
        Self::of(phase, ErrorKind::TimedOut, None).edit(|inner| {
            inner.path = path;
            inner.limit = Some(limit);
            inner.in_flight = in_flight.collect();
        })
    }

    /// Adds the number of attempts, if the init is retried.
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

    /// The system could not start a thread for a close outside a runtime.
    pub(crate) fn no_thread(name: &str, cause: &std::io::Error) -> Self {
        let message = format!("cannot start a thread to close {name}: {cause}");
        Self::of(
            Phase::Close,
            ErrorKind::Lost,
            Some(Arc::new(Message(message))),
        )
    }

    pub(crate) fn lost() -> Self {
        let message = Message("its runtime shut down".to_owned());
        Self::of(Phase::Close, ErrorKind::Lost, Some(Arc::new(message)))
    }

    /// `chain` lists the names of the objects that wait for each other.
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

    /// `others` is the number of other shares.
    pub(crate) fn still_shared(others: usize) -> Self {
        let shares = if others == 1 {
            "share remains"
        } else {
            "shares remain"
        };
        let message = Message(format!("{others} other {shares}"));
        Self::of(
            Phase::Close,
            ErrorKind::StillShared,
            Some(Arc::new(message)),
        )
    }

    /// Makes one error of several: the first, with the others related to it. `None` if there are none.
    pub(crate) fn merge(errors: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut errors = errors.into_iter();
        let first = errors.next()?;
        Some(first.with_related(errors))
    }

    /// Adds later failures.
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

    /// The number of related errors, including those that are not listed.
    pub(crate) fn count_related(&self) -> usize {
        self.0.related.len() + self.0.more
    }

    /// Sets the place where the object was made, unless an inner object already did.
    pub(crate) fn made(self, made_at: Option<&'static Location<'static>>) -> Self {
        match (self.0.made_at, made_at) {
            (None, Some(_)) => self.edit(|inner| inner.made_at = made_at),
            _ => self,
        }
    }

    /// The place where the object was made, if it is known.
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

    /// Replaces the root of the path by a name that is not known at compile time.
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

    /// Adds the name of the next holder to all paths.
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

/// A cause made by the library: the message of a panic, the chain of a re-entry.
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
