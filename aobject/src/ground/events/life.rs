//! What events are about: an object, a field, a cell or a task, from its start to its close.

use std::borrow::Cow;
use std::num::NonZeroU64;
use std::panic::Location;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::runtime::{Handle, Id as RuntimeId};
use tokio::time::Instant;

use crate::ground::error::Phase;
use crate::ground::events::observers::emit;
use crate::ground::events::{Event, EventKind, Id};

pub(crate) type Place = Option<&'static Location<'static>>;

pub(crate) struct Life {
    id: Id,
    parent: Option<Id>,
    path: Cow<'static, str>,
    object: Option<&'static str>,
    made_at: Place,
    /// On which it began.
    runtime: Option<RuntimeId>,
    /// Of its fields, once they are known.
    fields: OnceLock<Fields>,
}

/// Fields have ids in a row, so that their closes find them.
struct Fields {
    first: u64,
    names: Box<[&'static str]>,
}

impl Life {
    pub(super) fn root(
        path: Cow<'static, str>,
        object: Option<&'static str>,
        made_at: Place,
    ) -> Self {
        Self {
            id: Id::of(next_ids(1)),
            parent: None,
            path,
            object,
            made_at,
            runtime: Handle::try_current().ok().map(|handle| handle.id()),
            fields: OnceLock::new(),
        }
    }

    /// A part of this one.
    pub(super) fn part(
        &self,
        path: Cow<'static, str>,
        object: Option<&'static str>,
        made_at: Place,
    ) -> Self {
        Self {
            id: Id::of(next_ids(1)),
            parent: Some(self.id),
            path,
            object,
            made_at,
            runtime: self.runtime,
            fields: OnceLock::new(),
        }
    }

    /// One of its fields, which keeps its id from the start to the close.
    pub(super) fn field(&self, at: usize, name: &'static str) -> Self {
        Self {
            id: self
                .field_id(at, name)
                .unwrap_or_else(|| Id::of(next_ids(1))),
            parent: Some(self.id),
            path: Cow::Owned(join(&self.path, name)),
            object: None,
            made_at: None,
            runtime: self.runtime,
            fields: OnceLock::new(),
        }
    }

    /// It has these fields.
    pub(super) fn name_fields(&self, names: impl Iterator<Item = &'static str>) {
        self.fields.get_or_init(|| {
            let names: Box<[_]> = names.collect();
            let first = next_ids(names.len());
            Fields { first, names }
        });
    }

    pub(super) fn field_id(&self, at: usize, name: &'static str) -> Option<Id> {
        let fields = self.fields.get()?;
        // Another graph may run in the same init.
        let is_known = fields.names.get(at) == Some(&name);
        is_known.then(|| Id::of(fields.first.wrapping_add(at as u64)))
    }

    /// The object that was made there.
    pub(crate) fn is_of(&self, made_at: &'static Location<'static>) -> bool {
        let is_there = |place: &Location<'_>| std::ptr::eq(place, made_at);
        self.object.is_some() && self.made_at.is_some_and(is_there)
    }

    pub(super) fn id(&self) -> Id {
        self.id
    }

    pub(super) fn runtime(&self) -> Option<RuntimeId> {
        self.runtime
    }

    /// The type's, or the last one of its path.
    pub(super) fn name(&self) -> &str {
        let last = || self.path.rsplit('.').next().unwrap_or(&self.path);
        self.object.unwrap_or_else(last)
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    pub(super) fn is_object(&self) -> bool {
        self.object.is_some()
    }

    pub(super) fn emit(&self, phase: Phase, kind: EventKind<'_>) {
        let event = Event {
            id: self.id,
            parent: self.parent,
            path: &self.path,
            object: self.object,
            phase,
            kind,
            at: Instant::now(),
            made_at: self.made_at,
        };
        emit(&event, self.runtime);
    }
}

/// `App.store`.
fn join(holder: &str, name: &str) -> String {
    let mut path = String::with_capacity(holder.len() + 1 + name.len());
    path.push_str(holder);
    path.push('.');
    path.push_str(name);
    path
}

/// The first of so many.
fn next_ids(number: usize) -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(number as u64, Ordering::Relaxed)
}

impl Id {
    fn of(number: u64) -> Self {
        Self(NonZeroU64::new(number).unwrap_or(NonZeroU64::MIN))
    }
}
