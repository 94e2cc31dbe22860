//! Every figure that aobject claims, beside its peers. See README.md.
//!
//! A contestant is written once, here. The programs in `figures/` time it and count its allocations; this
//! package's binary runs it alone, for its instructions to be counted. `survival` is a table of another kind: what
//! each does where it gets difficult.
#![forbid(unsafe_code)]

pub mod assembly;
pub mod close;
mod contestant;
pub mod drop;
pub mod dynamic;
pub mod graph;
pub mod harness;
pub mod join;
pub mod lazy;
pub mod new;
pub mod observed;
pub mod share;
pub mod slot;
pub mod survival;
pub mod waiters;

pub use contestant::{Contestant, at_once};

/// What is measured by name: the figure, and who takes part. The first is what the others are compared to.
pub const FIGURES: &[(&str, &[Contestant])] = &[
    ("new", new::CONTESTANTS),
    ("in-place", new::IN_PLACE),
    ("close", close::CONTESTANTS),
    ("share", share::CONTESTANTS),
    ("ready", lazy::READY),
    ("fresh", lazy::FRESH),
    ("dynamic", dynamic::CONTESTANTS),
    ("dyn-call", dynamic::CALLS),
    ("slot", slot::SLOTS),
    ("keyed", slot::KEYED),
    ("assembly", assembly::CONTESTANTS),
    ("observed", observed::CONTESTANTS),
    ("polls", observed::POLLS),
];
