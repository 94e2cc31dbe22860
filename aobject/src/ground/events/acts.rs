//! Where events come from: the inits and the closes that are observed.

use std::borrow::Cow;
use std::mem;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use crate::ground::error::{Error, Phase};
use crate::ground::events::EventKind;
use crate::ground::events::around::{self, Around, Layer};
use crate::ground::events::life::{Life, Place};
use crate::ground::events::observers::{may_want_spans, want_spans};
use crate::ground::events::spans::{Ended, Traced};
use crate::ground::path::PathSegment;

/// An init or a close that is observed. Dropped before its end, it is reported as cancelled or lost.
pub(crate) struct Act {
    phase: Phase,
    stage: Stage,
    /// Its layer on this thread, while it is entered.
    layer: Option<usize>,
    traced: Traced,
}

enum Stage {
    /// Named when it is first polled: its holder is known then.
    Unbegun {
        name: PathSegment,
        made_at: Place,
        around: Around,
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
        Self::unbegun(Phase::Init, name, made_at)
    }

    /// The init that a cell owns, whichever caller polls it. The object in it has its path, as in a field.
    #[cold]
    pub(crate) fn cell(path: String) -> Box<Self> {
        let life = Life::root(Cow::Owned(path), None, None);
        Self::of(Phase::Init, Stage::Known(Arc::new(life)))
    }

    /// The close of an object.
    pub(crate) fn close(life: Option<Arc<Life>>, name: PathSegment, made_at: Place) -> Box<Self> {
        match life {
            Some(life) => Self::of(Phase::Close, Stage::Known(life)),
            None => Self::unbegun(Phase::Close, name, made_at),
        }
    }

    /// The init or the close of a field of the object around, if that is observed.
    pub(crate) fn field(phase: Phase, at: usize, name: &'static str) -> Option<Box<Self>> {
        let field = around::with_life(|life| life.field(at, name))?;
        Some(Self::of(phase, Stage::Known(Arc::new(field))))
    }

    fn unbegun(phase: Phase, name: PathSegment, made_at: Place) -> Box<Self> {
        let around = Around::NOTHING;
        let stage = Stage::Unbegun {
            name,
            made_at,
            around,
        };
        Self::of(phase, stage)
    }

    fn of(phase: Phase, stage: Stage) -> Box<Self> {
        Box::new(Self {
            phase,
            stage,
            layer: None,
            traced: Traced::NOT,
        })
    }

    /// An init that will be polled elsewhere is a part of what is around it now.
    pub(crate) fn stay_here(&mut self) {
        if let Stage::Unbegun { around, .. } = &mut self.stage {
            *around = Around::here();
            self.trace_here();
        }
    }

    pub(crate) fn waits(&self, on: &[&'static str]) {
        if let Stage::Known(life) = &self.stage {
            life.emit(self.phase, EventKind::Waiting { on });
        }
    }

    /// It begins after these fields of the object around, for which it waited.
    pub(crate) fn follow(&mut self, fields: impl Iterator<Item = (usize, &'static str)>) {
        if !may_want_spans() || self.has_begun() {
            return;
        }
        let ids = |life: &Life| -> Vec<_> {
            let known = fields.filter_map(|(at, name)| life.field_id(at, name));
            known.collect()
        };
        if let Some(ids) = around::with_life(ids) {
            let ended = around::take_ended();
            self.traced.follow(&ended, &ids);
            around::keep_ended(ended);
        }
    }

    /// Reports the start at the first call; its life is the one around until [`leave`](Self::leave).
    pub(crate) fn enter(&mut self) {
        let life = match &self.stage {
            Stage::Running(life) | Stage::RollingBack(life) => Arc::clone(life),
            Stage::Unbegun { .. } | Stage::Known(_) => match self.begin() {
                Some(life) => life,
                None => return,
            },
            Stage::Ended => return,
        };
        self.traced.enter();
        self.layer = Some(around::enter(Layer::Life(life, Ended::NONE)));
    }

    fn begin(&mut self) -> Option<Arc<Life>> {
        let life = match mem::replace(&mut self.stage, Stage::Ended) {
            Stage::Unbegun {
                name,
                made_at,
                around,
            } => Arc::new(around.run(|| around::begin(&name, made_at))),
            Stage::Known(life) => life,
            _ => return None,
        };
        self.stage = Stage::Running(Arc::clone(&life));
        if want_spans(life.runtime()) {
            self.traced
                .begin(self.phase, life.id(), life.path(), life.name());
        }
        life.emit(self.phase, EventKind::Started);
        Some(life)
    }

    pub(crate) fn leave(&mut self) {
        if let Some(layer) = self.layer.take() {
            around::leave(layer);
            self.traced.exit();
            if matches!(self.stage, Stage::Ended) {
                self.end_span();
            }
        }
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
                self.report(&life, kind);
            }
            (Stage::Running(life), Err(error)) => self.report(&life, EventKind::Failed { error }),
            (Stage::Unbegun { .. } | Stage::Known(_) | Stage::Ended, _) => return,
        }
        if self.layer.is_none() {
            self.end_span();
        }
    }

    fn end_span(&mut self) {
        if let Some(ended) = self.traced.end() {
            around::keep_ended(ended);
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
                self.report(&life, kind);
                self.stage = Stage::RollingBack(life);
            }
            other => self.stage = other,
        }
    }

    /// Nobody awaits it any more.
    pub(crate) fn goes_to_background(&mut self) {
        // A close that has not begun has no place in another one any more.
        if let Stage::Unbegun { name, made_at, .. } = &self.stage {
            let life = around::outside(|| around::begin(name, *made_at));
            self.stage = Stage::Known(Arc::new(life));
        }
        match &self.stage {
            Stage::Known(life) | Stage::Running(life) | Stage::RollingBack(life) => {
                life.emit(self.phase, EventKind::Background);
            }
            Stage::Unbegun { .. } | Stage::Ended => {}
        }
        if let Stage::Known(_) = &self.stage {
            self.trace_here();
        }
    }

    fn trace_here(&mut self) {
        if may_want_spans() {
            self.traced.stay_here();
        }
    }

    /// An end.
    fn report(&mut self, life: &Life, kind: EventKind<'_>) {
        self.traced.record(kind);
        life.emit(self.phase, kind);
    }
}

impl Drop for Act {
    fn drop(&mut self) {
        if let Stage::Running(life) = mem::replace(&mut self.stage, Stage::Ended) {
            let kind = match self.phase {
                Phase::Init => EventKind::Cancelled,
                Phase::Close => EventKind::Lost,
            };
            self.report(&life, kind);
        }
        self.end_span();
    }
}

/// The object around has these fields, which keep their ids until they are closed.
#[cold]
pub(crate) fn name_fields(names: impl Iterator<Item = &'static str>) {
    if let Some(life) = around::life() {
        life.name_fields(names);
    }
}

/// An attempt at the init around has failed.
#[cold]
pub(crate) fn retrying(attempt: usize, after: Duration) {
    if let Some(life) = around::life() {
        let attempt = u32::try_from(attempt).unwrap_or(u32::MAX);
        life.emit(Phase::Init, EventKind::Retrying { attempt, after });
    }
}

/// A background task, which is ready when it is spawned. What is around the spawn holds it.
#[cold]
pub(crate) fn task(name: &str, spawned_at: &'static Location<'static>) -> Arc<Life> {
    let life = around::begin_named(Cow::Owned(name.to_owned()), None, Some(spawned_at));
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
