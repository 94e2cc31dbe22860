//! Not public API: what derived code calls. It changes without notice.

use crate::ground::blueprint::Blueprint;

pub use std::sync::OnceLock;
pub use std::time::Duration;

pub use crate::derive::hook::{Hook, hook};
pub use crate::derive::parts::{Derived, Plan, Slot, made, taken};
pub use crate::derive::probe::{Probe, ViaClose, ViaDrop, close_by};
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
pub use crate::kernel::graph::start::{Field, field, shared_field};
pub use crate::kernel::job::Job;
#[cfg(feature = "rt")]
pub use crate::programs::test::{main, test};

/// A derived type's blueprint.
#[must_use]
pub const fn blueprint(name: &'static str) -> Blueprint {
    Blueprint::named(name)
}
