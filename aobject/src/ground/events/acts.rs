//! Where events come from: the lives of objects and fields, and the acts in them.
//!
//! A child finds its path on this thread: while an act is polled, its life is the current one.

use std::cell::RefCell;
use std::collections::HashMap;
use std::mem;
use std::num::NonZeroU64;
use std::panic::Location;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::runtime::{Handle, Id as RuntimeId};
use tokio::time::Instant;

use crate::ground::error::{Error, Phase};
use crate::ground::events::observers::{emit, is_observed};
use crate::ground::events::{Event, EventKind, Id};
use crate::ground::panic::catch_panic;
use crate::ground::path::PathSegment;

type Place = Option<&'static Location<'static>>;

/// An object or a field, from its start to its close.
pub(crate) struct Life {
    id: Id,
    parent: Option<Id>,
    path: String,
    object: Option<&'static str>,
    made_at: Place,
    /// On which it began.
    runtime: Option<RuntimeId>,
    /// Of its fields, once they are known.
    fields: OnceLock<HashMap<&'static str, Id>>,
}

thread_local! {
    static CURRENT: RefCell<Option<Arc<Life>>> = const { RefCell::new(None) };
}

/// The life around this code.
pub(crate) fn current() -> Option<Arc<Life>> {
    CURRENT
        .try_with(|current| current.borrow().clone())
        .ok()
        .flatten()
}

fn replace_current(life: Option<Arc<Life>>) -> Option<Arc<Life>> {
    CURRENT
        .try_with(|current| current.replace(life))
        .ok()
        .flatten()
}

/// The current object has these fields, which keep their ids until they are closed.
#[cold]
pub(crate) fn name_fields(names: impl Iterator<Item = &'static str>) {
    if let Some(life) = current() {
        life.fields
            .get_or_init(|| names.map(|name| (name, next_id())).collect());
    }
}

/// An attempt at the current init has failed.
#[cold]
pub(crate) fn retrying(attempt: usize, after: Duration) {
    if let Some(life) = current() {
        let attempt = u32::try_from(attempt).unwrap_or(u32::MAX);
        life.emit(Phase::Init, EventKind::Retrying { attempt, after });
    }
}

/// Runs code at a place of a collection, so that what starts in it has the place in its path.
#[inline]
pub(crate) fn at<R>(segment: &PathSegment, run: impl FnOnce() -> R) -> R {
    let _outer = if is_observed() {
        enter_place(segment)
    } else {
        None
    };
    run()
}

#[cold]
#[inline(never)]
fn enter_place(segment: &PathSegment) -> Option<Outer> {
    let PathSegment::Index(index) = segment else {
        return None;
    };
    let life = current()?;
    let place = Life {
        path: format!("{}[{index}]", life.path),
        object: None,
        fields: OnceLock::new(),
        ..*life
    };
    Some(Outer(replace_current(Some(Arc::new(place)))))
}

/// The life that is current again when this is dropped.
struct Outer(Option<Arc<Life>>);

impl Drop for Outer {
    fn drop(&mut self) {
        drop(replace_current(self.0.take()));
    }
}

impl Life {
    /// Begins in the current life, or as a root.
    fn begin(segment: &PathSegment, around: Option<&Self>, made_at: Place) -> Self {
        let name = match segment {
            PathSegment::Object(blueprint) => {
                // A user's may panic.
                Some(catch_panic(Phase::Init, || blueprint().name()).unwrap_or("object"))
            }
            _ => None,
        };
        let path = match (around, name) {
            (None, _) => segment.apply(""),
            // The object in a field, or at a place of a collection.
            (Some(around), Some(_)) if around.object.is_none() => around.path.clone(),
            (Some(around), _) => format!("{}.{}", around.path, segment.apply("")),
        };
        let runtime = around.and_then(|around| around.runtime);
        Self {
            id: next_id(),
            parent: around.map(|around| around.id),
            path,
            object: name,
            made_at,
            runtime: runtime.or_else(|| Handle::try_current().ok().map(|handle| handle.id())),
            fields: OnceLock::new(),
        }
    }

    /// The object that was made there.
    pub(crate) fn is_of(&self, made_at: &'static Location<'static>) -> bool {
        self.object.is_some()
            && self
                .made_at
                .is_some_and(|place| std::ptr::eq(place, made_at))
    }

    fn field(&self, name: &'static str) -> Self {
        let known = self
            .fields
            .get()
            .and_then(|fields| fields.get(name))
            .copied();
        Self {
            id: known.unwrap_or_else(next_id),
            parent: Some(self.id),
            path: format!("{}.{name}", self.path),
            object: None,
            made_at: None,
            runtime: self.runtime,
            fields: OnceLock::new(),
        }
    }

    fn emit(&self, phase: Phase, kind: EventKind<'_>) {
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

/// A background task, which is ready when it is spawned. What is around the spawn holds it.
#[cold]
pub(crate) fn task(name: &str, spawned_at: &'static Location<'static>) -> Arc<Life> {
    let around = current();
    let mut life = Life::begin(&PathSegment::None, around.as_deref(), Some(spawned_at));
    life.path.push_str(name);
    life.emit(Phase::Init, EventKind::Started);
    life.emit(Phase::Init, EventKind::Ready);
    Arc::new(life)
}

/// Its end; `None` if its runtime cut it short.
#[cold]
pub(crate) fn task_ended(life: &Life, ended: Option<Result<(), &Error>>) {
    life.emit(Phase::Close, EventKind::Started);
    let kind = match ended {
        Some(Ok(())) => EventKind::Closed,
        Some(Err(error)) => EventKind::Failed { error },
        None => EventKind::Lost,
    };
    life.emit(Phase::Close, kind);
}

fn next_id() -> Id {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let id = NEXT.fetch_add(1, Ordering::Relaxed);
    Id(NonZeroU64::new(id).unwrap_or(NonZeroU64::MIN))
}

/// An init or a close that is observed. Dropped before its end, it is reported as cancelled or lost.
pub(crate) struct Act {
    phase: Phase,
    stage: Stage,
    /// The current life while this one was not polled.
    outer: Option<Arc<Life>>,
}

enum Stage {
    /// Named when it is first polled: its holder is known then.
    Unbegun {
        name: PathSegment,
        made_at: Place,
        around: Option<Arc<Life>>,
    },
    Known(Arc<Life>),
    Running(Arc<Life>),
    /// Its error is reported, and what it had made is being closed.
    RollingBack(Arc<Life>),
    Ended,
}

#[expect(clippy::unnecessary_box_returns, reason = "an act is kept in a word")]
impl Act {
    /// The init of an object.
    #[cold]
    pub(crate) fn init(name: PathSegment, made_at: Place) -> Box<Self> {
        Self::of(
            Phase::Init,
            Stage::Unbegun {
                name,
                made_at,
                around: None,
            },
        )
    }

    /// The close of an object.
    pub(crate) fn close(life: Option<Arc<Life>>, name: PathSegment, made_at: Place) -> Box<Self> {
        let unbegun = Stage::Unbegun {
            name,
            made_at,
            around: None,
        };
        Self::of(Phase::Close, life.map_or(unbegun, Stage::Known))
    }

    /// The init or the close of a field of the current object, if that is observed.
    pub(crate) fn field(phase: Phase, name: &'static str) -> Option<Box<Self>> {
        let field = current()?.field(name);
        Some(Self::of(phase, Stage::Known(Arc::new(field))))
    }

    fn of(phase: Phase, stage: Stage) -> Box<Self> {
        Box::new(Self {
            phase,
            stage,
            outer: None,
        })
    }

    /// An init that will be polled elsewhere is a part of what is around it now.
    pub(crate) fn stay_here(&mut self) {
        if let Stage::Unbegun { around, .. } = &mut self.stage {
            *around = current();
        }
    }

    pub(crate) fn waits(&self, on: &[&'static str]) {
        if let Stage::Known(life) = &self.stage {
            life.emit(self.phase, EventKind::Waiting { on });
        }
    }

    /// Reports the start at the first call; its life is the current one until [`leave`](Self::leave).
    pub(crate) fn enter(&mut self) {
        let life = match mem::replace(&mut self.stage, Stage::Ended) {
            Stage::Unbegun {
                name,
                made_at,
                around,
            } => {
                let around = around.or_else(current);
                let life = Arc::new(Life::begin(&name, around.as_deref(), made_at));
                self.start(life)
            }
            Stage::Known(life) => self.start(life),
            Stage::Running(life) => {
                self.stage = Stage::Running(Arc::clone(&life));
                life
            }
            Stage::RollingBack(life) => {
                self.stage = Stage::RollingBack(Arc::clone(&life));
                life
            }
            Stage::Ended => return,
        };
        self.outer = replace_current(Some(life));
    }

    fn start(&mut self, life: Arc<Life>) -> Arc<Life> {
        self.stage = Stage::Running(Arc::clone(&life));
        life.emit(self.phase, EventKind::Started);
        life
    }

    pub(crate) fn leave(&mut self) {
        drop(replace_current(self.outer.take()));
    }

    pub(crate) fn has_begun(&self) -> bool {
        matches!(self.stage, Stage::Running(_) | Stage::RollingBack(_))
    }

    /// Enters it, if it has begun and not ended.
    pub(crate) fn resume(&mut self) -> bool {
        let has_begun = self.has_begun();
        if has_begun {
            self.enter();
        }
        has_begun
    }

    /// The end of a close, or of the rollback of an init.
    pub(crate) fn end(&mut self, result: Result<(), &Error>) {
        match (mem::replace(&mut self.stage, Stage::Ended), result) {
            (Stage::RollingBack(life), _) => life.emit(self.phase, EventKind::RolledBack),
            (Stage::Running(life), Ok(())) => {
                let kind = match self.phase {
                    Phase::Init => EventKind::Ready,
                    Phase::Close => EventKind::Closed,
                };
                life.emit(self.phase, kind);
            }
            (Stage::Running(life), Err(error)) => {
                life.emit(self.phase, EventKind::Failed { error });
            }
            (Stage::Unbegun { .. } | Stage::Known(_) | Stage::Ended, _) => {}
        }
    }

    /// The error of an init is known, and its rollback is still to come.
    pub(crate) fn fail(&mut self, error: &Error) {
        self.roll_back(EventKind::Failed { error });
    }

    /// An init is given up, and its rollback is still to come.
    pub(crate) fn cancel(&mut self) {
        self.roll_back(EventKind::Cancelled);
    }

    fn roll_back(&mut self, kind: EventKind<'_>) {
        match mem::replace(&mut self.stage, Stage::Ended) {
            Stage::Running(life) => {
                life.emit(self.phase, kind);
                self.stage = Stage::RollingBack(life);
            }
            other => self.stage = other,
        }
    }

    /// Nobody awaits it any more.
    pub(crate) fn goes_to_background(&mut self) {
        // A close that has not begun has no place in another one any more.
        if let Stage::Unbegun { name, made_at, .. } = &self.stage {
            self.stage = Stage::Known(Arc::new(Life::begin(name, None, *made_at)));
        }
        match &self.stage {
            Stage::Known(life) | Stage::Running(life) | Stage::RollingBack(life) => {
                life.emit(self.phase, EventKind::Background);
            }
            Stage::Unbegun { .. } | Stage::Ended => {}
        }
    }
}

impl Drop for Act {
    fn drop(&mut self) {
        if let Stage::Running(life) = &self.stage {
            let kind = match self.phase {
                Phase::Init => EventKind::Cancelled,
                Phase::Close => EventKind::Lost,
            };
            life.emit(self.phase, kind);
        }
    }
}
