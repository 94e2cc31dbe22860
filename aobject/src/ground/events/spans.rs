//! Acts as spans of `tracing`.

use tracing::{Level, Span, field};

use crate::ground::error::Phase;
use crate::ground::events::quiet::quietly;
use crate::ground::events::{EventKind, Id};
use crate::ground::panic::catch_panic;

/// Whether a subscriber would take one.
pub(crate) fn are_wanted() -> bool {
    tracing::span_enabled!(target: "aobject", Level::INFO, object.path, object.name, outcome, error)
}

/// The span of an act, if it has one. Entered at each poll, so that logs inside carry it.
pub(crate) struct Traced(Option<Box<Inner>>);

#[derive(Default)]
struct Inner {
    /// Of an act that is polled elsewhere; else the current one at its begin.
    parent: Option<Span>,
    /// It waited for them.
    follows: Vec<Span>,
    span: Option<EndedSpan>,
}

/// The span of an act that has ended, with the id of its life.
struct EndedSpan(Id, Span);

/// Those of a life that ended in one poll, kept until its end: what begins in that poll may follow them.
pub(crate) struct Ended(Vec<EndedSpan>);

impl Traced {
    pub(crate) const NOT: Self = Self(None);

    /// It will be polled elsewhere, and is a part of what is around it now.
    pub(crate) fn stay_here(&mut self) {
        let parent = contained(Span::current);
        self.0.get_or_insert_default().parent = parent.filter(|span| !span.is_none());
    }

    /// It waited for those of these ids.
    pub(crate) fn follow(&mut self, ended: &Ended, ids: &[Id]) {
        let awaited = ended.0.iter().filter(|EndedSpan(id, _)| ids.contains(id));
        let awaited = contained(|| awaited.map(|EndedSpan(_, span)| span.clone()).collect());
        self.0.get_or_insert_default().follows = awaited.unwrap_or_default();
    }

    pub(crate) fn begin(&mut self, phase: Phase, id: Id, path: &str, name: &str) {
        let inner = self.0.get_or_insert_default();
        let (parent, follows) = (inner.parent.take(), std::mem::take(&mut inner.follows));
        let begun = contained(|| {
            let span = span_of(phase, path, name, &parent.unwrap_or_else(Span::current));
            for awaited in follows {
                span.follows_from(awaited);
            }
            span
        });
        inner.span = begun.map(|span| EndedSpan(id, span));
    }

    pub(crate) fn enter(&self) {
        self.look(|span| {
            span.with_subscriber(|(id, subscriber)| subscriber.enter(id));
        });
    }

    pub(crate) fn exit(&self) {
        self.look(|span| {
            span.with_subscriber(|(id, subscriber)| subscriber.exit(id));
        });
    }

    /// How it ended.
    pub(crate) fn record(&self, kind: EventKind<'_>) {
        self.look(|span| {
            let outcome = match kind {
                EventKind::Ready => "ready",
                EventKind::Closed => "closed",
                EventKind::Cancelled => "cancelled",
                EventKind::Lost => "lost",
                EventKind::Failed { error } => {
                    span.record(
                        "error",
                        field::display(format_args!("{}{}", error.kind(), error.causes())),
                    );
                    "failed"
                }
                _ => return,
            };
            span.record("outcome", outcome);
        });
    }

    pub(crate) fn end(&mut self) -> Option<Ended> {
        let ended = self.0.as_mut()?.span.take()?;
        Some(Ended(vec![ended]))
    }

    fn look(&self, look: impl FnOnce(&Span)) {
        if let Some(EndedSpan(_, span)) = self.0.as_ref().and_then(|inner| inner.span.as_ref()) {
            contained(|| look(span));
        }
    }
}

fn span_of(phase: Phase, path: &str, name: &str, parent: &Span) -> Span {
    macro_rules! span {
        ($name:literal) => {
            tracing::info_span!(
                target: "aobject",
                parent: parent,
                $name,
                object.path = path,
                object.name = name,
                outcome = field::Empty,
                error = field::Empty,
            )
        };
    }
    match phase {
        Phase::Init => span!("init"),
        Phase::Close => span!("close"),
    }
}

impl Ended {
    pub(crate) const NONE: Self = Self(Vec::new());

    pub(crate) fn append(&mut self, others: &mut Self) {
        self.0.append(&mut others.0);
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        // Each by itself: a panic beside a panic would abort.
        while let Some(span) = self.0.pop() {
            contained(|| drop(span));
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        contained(|| {
            (self.parent, self.span) = (None, None);
            self.follows.clear();
        });
    }
}

/// Runs code of a subscriber. A panic in it must not reach the objects, which may be in the middle of a drop.
fn contained<R>(run: impl FnOnce() -> R) -> Option<R> {
    quietly(|| catch_panic(Phase::Init, run).ok()).flatten()
}
