//! From syntax to the model. Reports misspelled, repeated and misplaced options, and continues.

pub(crate) mod function;
pub(crate) mod interface;
pub(crate) mod object;
mod read;
