//! One service, wired twice.
//!
//! [`core`] is what both are made of: orders that are taken over HTTP, stored, and announced by a worker; a cache with
//! a subscriber; blobs; shards; an admin server. [`by_hand`] and [`aobject`] start these parts, run them and end them,
//! and are nothing else. The program `faults` breaks either, and looks at what is left.
#![allow(
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    missing_debug_implementations,
    reason = "an example is read, and no program but its own depends on it"
)]

pub mod aobject;
pub mod by_hand;
pub mod core;
