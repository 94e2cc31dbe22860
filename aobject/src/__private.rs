//! Not public API: what derived code calls. It changes without notice.

mod entry;
mod outcome;
mod parts;
mod probe;
mod starting;
mod teardown;

pub use std::sync::OnceLock;
pub use std::time::Duration;

pub use crate::jobs::job::Job;
pub use entry::{main, test};
pub use outcome::{Hook, Outcome, hook};
pub use parts::{Assembled, Derived, Seed, Slot, made, taken};
pub use probe::{Probe, ViaClose, ViaDrop, close_by};
pub use starting::{Field, Start, Starting, field, shared_field};
pub use teardown::{Plan, State, Teardown, close_within};

/// A derived type's blueprint.
#[must_use]
pub const fn blueprint(name: &'static str) -> crate::Blueprint {
    crate::Blueprint::named(name)
}
