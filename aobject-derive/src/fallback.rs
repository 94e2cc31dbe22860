//! What is emitted beside errors, so that nothing else seems to be wrong.

pub(crate) mod function;
pub(crate) mod interface;
pub(crate) mod object;
