//! What derived code calls: the fields of a struct along their graph, forwards and backwards.

pub(crate) mod hook;
pub(crate) mod parts;
pub(crate) mod probe;
pub(crate) mod retry;
pub(crate) mod starting;
pub(crate) mod teardown;
