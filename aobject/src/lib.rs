//! The whole life of an async object.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod background;
mod blueprint;
mod close;
mod closing;
mod contain;
mod drain;
mod error;
mod frame;
mod in_flight;
#[expect(missing_debug_implementations, reason = "it only looks public, through a hidden method")]
mod job;
mod label;
mod limit;
mod live;
mod new;
mod object;
mod reaper;
mod report;
mod stray;
mod tally;

#[doc(hidden)]
#[expect(missing_debug_implementations, reason = "nobody holds these")]
pub mod __private;

pub use blueprint::Blueprint;
pub use close::Close;
pub use closing::Closing;
pub use drain::{Drained, drain};
pub use error::{BoxError, Error, ErrorKind, Phase};
pub use live::Live;
pub use new::{BoxInit, BoxNew, New};
pub use object::AObject;

#[cfg(feature = "derive")]
pub use aobject_derive::AObject;
