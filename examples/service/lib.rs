//! One service, wired twice.
//!
//! [`core`] contains the parts of both wirings: orders that arrive over HTTP, are stored, and are announced by a
//! worker; a cache with a subscriber; blobs; shards; an admin server. [`by_hand`] and [`aobject`] only start, run
//! and end these parts. The program `faults` breaks either one, and checks what it leaves behind.
#![allow(
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    missing_debug_implementations,
    reason = "examples are meant to be read, and only their own program depends on them"
)]

pub mod aobject;
pub mod by_hand;
pub mod core;
