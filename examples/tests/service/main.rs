//! The service: its parts, its life, and the table of what each wiring leaves behind after a fault.
#![allow(
    clippy::unwrap_used,
    reason = "tests fail loudly, and so do the helpers that they share"
)]

mod folder;
mod life;
mod parts;
mod real;
mod table;
