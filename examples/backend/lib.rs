//! A small backend: a manager that knows images, and a session with it.
//!
//! `cargo run` takes the tour. To read it, start at [`manager::Manager`], a service as a graph of objects, and
//! [`session::Session`], whose fields are the steps of its opening. The rest is what they are made of:
//!
//! - [`wire`]: what goes over the wire, for both sides.
//! - [`oci`]: image layouts, what a manager's registries are.
//! - [`output`]: lines for people; [`causes`]: errors in such a line.
#![allow(
    clippy::missing_errors_doc,
    clippy::must_use_candidate,
    missing_debug_implementations,
    reason = "an example is read, and no program but its own depends on it"
)]

pub mod causes;
pub mod manager;
pub mod oci;
pub mod output;
pub mod session;
pub mod wire;
