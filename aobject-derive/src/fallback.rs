//! Code that is emitted beside errors, so that rustc adds no errors of its own.

pub(crate) mod function;
pub(crate) mod interface;
pub(crate) mod object;
