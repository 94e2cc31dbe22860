//! The ground floor: parts that know neither closes nor objects. A file here imports at most its neighbours.

pub(crate) mod attention;
pub(crate) mod blueprint;
pub(crate) mod build_cell;
pub(crate) mod error;
pub(crate) mod errors;
pub(crate) mod events;
pub(crate) mod in_flight;
pub(crate) mod limit;
pub(crate) mod open_objects;
pub(crate) mod outcome;
pub(crate) mod panic;
pub(crate) mod path;
pub(crate) mod picture;
pub(crate) mod report;
pub(crate) mod rounded;
pub(crate) mod runtimes;
pub(crate) mod share_waits;
pub(crate) mod shared_build;
pub(crate) mod stall;
pub(crate) mod stderr;
pub(crate) mod stopping;
pub(crate) mod sync;
