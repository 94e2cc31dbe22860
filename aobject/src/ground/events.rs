use std::fmt;
use std::num::NonZeroU64;
use std::panic::Location;
use std::time::Duration;

use tokio::time::Instant;

use crate::ground::error::{Error, Phase};

pub(crate) mod acts;
pub(crate) mod around;
pub(crate) mod life;
pub(crate) mod observers;
mod quiet;
#[cfg_attr(not(feature = "tracing"), path = "events/no_spans.rs")]
mod spans;

/// Identifies an object, a field, a member or a task for its whole life, within the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub(crate) NonZeroU64);

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One step in the life of an object, of a field, or of a background task.
///
/// Borrowed: an observer copies what it keeps.
#[derive(Clone, Copy)]
pub struct Event<'a> {
    pub(crate) id: Id,
    pub(crate) parent: Option<Id>,
    pub(crate) path: &'a str,
    pub(crate) object: Option<&'static str>,
    pub(crate) phase: Phase,
    pub(crate) kind: EventKind<'a>,
    pub(crate) at: Instant,
    pub(crate) made_at: Option<&'static Location<'static>>,
}

/// The step that an [`Event`] reports.
///
/// Each `Started` has exactly one end: `Ready`, `Failed` or `Cancelled` of an init, `Closed`, `Failed` or `Lost` of a
/// close.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum EventKind<'a> {
    /// A field waits for others before it starts.
    Waiting {
        /// Names of fields of the same object.
        on: &'a [&'static str],
    },
    /// The init or the close runs.
    Started,
    /// The init has ended well.
    Ready,
    /// The init or the close has ended with an error; the rollback of an init is still to come.
    Failed {
        /// As seen from the object or field of this event: its path begins below that.
        error: &'a Error,
    },
    /// An attempt has failed, and another one follows.
    Retrying {
        /// The number of the attempt that failed, from 1.
        attempt: u32,
        /// The delay before the next attempt.
        after: Duration,
    },
    /// The init was given up.
    Cancelled,
    /// Everything that a failed or cancelled init had made is closed again.
    RolledBack,
    /// Nobody awaits the close, which continues in the background.
    Background,
    /// The close has ended well.
    Closed,
    /// The close was cut short by the end of its runtime.
    Lost,
}

impl Event<'_> {
    /// The object, field or task of this event.
    #[must_use]
    pub fn id(&self) -> Id {
        self.id
    }

    /// The object or field that it is a part of; `None` for a root.
    #[must_use]
    pub fn parent(&self) -> Option<Id> {
        self.parent
    }

    /// From the root down: `App.shards[3].disk`.
    #[must_use]
    pub fn path(&self) -> &str {
        self.path
    }

    /// The name of its type; `None` for a field and a task.
    #[must_use]
    pub fn object(&self) -> Option<&'static str> {
        self.object
    }

    /// Whether its init or its close took this step.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// The step.
    #[must_use]
    pub fn kind(&self) -> EventKind<'_> {
        self.kind
    }

    /// The time of the step, by tokio's clock.
    #[must_use]
    pub fn at(&self) -> Instant {
        self.at
    }

    /// The place of the call that made the object, as far as it is known.
    #[must_use]
    pub fn made_at(&self) -> Option<&'static Location<'static>> {
        self.made_at
    }
}

impl Event<'_> {
    /// An object in a cell has the path of the cell, which is the type's name.
    fn is_named_by_its_type(&self, object: &str) -> bool {
        self.path.ends_with(object) && (self.parent.is_none() || self.path != object)
    }
}

/// One line: the path, the type unless it is the path's end, and the step.
impl fmt::Display for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, phase, .. } = self;
        let name = match self.object {
            Some(object) if !self.is_named_by_its_type(object) => &format!("{path} ({object})"),
            _ => *path,
        };
        match self.kind {
            EventKind::Waiting { on } => write!(f, "{phase} of {name} waits for {}", on.join(", ")),
            EventKind::Started => write!(f, "{phase} of {name} started"),
            EventKind::Ready => write!(f, "{name} is ready"),
            EventKind::Failed { error } => {
                write!(f, "{phase} of {name} {}{}", error.kind(), error.causes())
            }
            EventKind::Retrying { attempt, after } => {
                write!(
                    f,
                    "{phase} of {name} failed, attempt {attempt}; retrying in {after:?}"
                )
            }
            EventKind::Cancelled => write!(f, "{phase} of {name} cancelled"),
            EventKind::RolledBack => write!(f, "{name} is rolled back"),
            EventKind::Background => write!(f, "{phase} of {name} continues in the background"),
            EventKind::Closed => write!(f, "{name} is closed"),
            EventKind::Lost => write!(f, "{phase} of {name} lost"),
        }
    }
}

impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("id", &self.id)
            .field("parent", &self.parent)
            .field("path", &self.path)
            .field("object", &self.object)
            .field("phase", &self.phase)
            .field("kind", &self.kind)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}
