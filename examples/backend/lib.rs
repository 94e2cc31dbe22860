//! A small backend: a manager that keeps a list of images, and a session with that manager.
//!
//! `cargo run` starts the tour. To read the code, start at [`manager::Manager`], a service as a graph of objects, and
//! [`session::Session`], whose fields are the steps of its start. The other modules support these two:
//!
//! - [`wire`]: the messages that both sides exchange.
//! - [`oci`]: image layouts, the contents of a manager's registries.
//! - [`output`]: lines for people. [`causes`]: errors as such a line.
#![allow(
    clippy::missing_errors_doc,
    clippy::must_use_candidate,
    missing_debug_implementations,
    reason = "examples are meant to be read, and only their own program depends on them"
)]

pub mod causes;
pub mod manager;
pub mod oci;
pub mod output;
pub mod session;
pub mod wire;
