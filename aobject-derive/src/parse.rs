//! From syntax to the model: reports what is misspelled, repeated or out of place, and goes on.

pub(crate) mod function;
pub(crate) mod interface;
pub(crate) mod object;
mod read;
