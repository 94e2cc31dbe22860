//! Not public API: what derived code calls. It changes without notice.

use crate::ground::blueprint::{Closed, Field as Described, Objects};

pub use std::sync::OnceLock;
pub use std::time::Duration;

pub use crate::derive::hook::{Hook, hook};
pub use crate::derive::parts::{Derived, Plan, Slot, made, taken};
pub use crate::derive::probe::{Probe, Unclosed, ViaClose, ViaDrop, close_by};
pub use crate::derive::retry::{
    FieldOf, Optional, OrNone, Place, attempt, attempts, optional_field, or_none,
};
pub use crate::derive::starting::Starting;
pub use crate::derive::teardown::{Assembled, Seed, Teardown, close_within};
pub use crate::ground::outcome::Outcome;
pub use crate::handles::certain::{Awaited, PassedOn};
pub use crate::handles::refused::{
    ByDrop, ByFields, Ending, ManyOwners, MovesBetweenThreads, TakenApart, field_type, no_stub,
    take_apart,
};
pub use crate::kernel::graph::end::State;
pub use crate::kernel::graph::start::{Borrowed, Field, field, shared_field, shared_slot};
pub use crate::kernel::job::Job;
#[cfg(feature = "rt")]
pub use crate::programs::test::{main, test};

/// A field in a derived type's blueprint: `objects` are those of a type that can be closed, `expression` says that the
/// field is closed by one.
#[must_use]
pub const fn described(
    field: Described,
    options: &'static [&'static str],
    objects: Option<Objects>,
    expression: bool,
) -> Described {
    let (objects, closed) = match objects {
        Some(objects) => (objects, Closed::Close),
        None => (Objects::NONE, Closed::Dropped),
    };
    let closed = if expression {
        Closed::Expression
    } else {
        closed
    };
    field
        .with_options(options)
        .with_objects(objects)
        .closed_by(closed)
}
