//! From the model to Rust. Cannot fail.

pub(crate) mod function;
pub(crate) mod interface;
pub(crate) mod object;
