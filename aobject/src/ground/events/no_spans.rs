//! In the place of `spans`, without the feature `tracing`.

use crate::ground::error::Phase;
use crate::ground::events::{EventKind, Id};

pub(crate) const fn are_wanted() -> bool {
    false
}

pub(crate) struct Traced;

pub(crate) struct Ended;

#[expect(clippy::unused_self, reason = "as those of spans")]
impl Traced {
    pub(crate) const NOT: Self = Self;

    pub(crate) fn stay_here(&mut self) {}

    pub(crate) fn follow(&mut self, _: &Ended, _: &[Id]) {}

    pub(crate) fn begin(&mut self, _: Phase, _: Id, _: &str, _: &str) {}

    pub(crate) fn enter(&self) {}

    pub(crate) fn exit(&self) {}

    pub(crate) fn record(&self, _: EventKind<'_>) {}

    pub(crate) fn end(&mut self) -> Option<Ended> {
        None
    }
}

#[expect(clippy::unused_self, reason = "as those of spans")]
impl Ended {
    pub(crate) const NONE: Self = Self;

    pub(crate) fn append(&mut self, _: &mut Self) {}
}
