//! Closes that have to run, and who owns them: what rollback, background closes and `drain` are made of.
//!
//! **The invariant.** A `Job` is a close that has to run. At any time it has one owner: the future that
//! awaits it, the list in `frame`, or a background task. An owner that goes away before the job has ended *leaves*
//! it there, and there it finds the next one:
//!
//! - While a frame is open on this thread, the job waits in the frame, in the order in which it was left.
//! - Every future of the library polls *and drops* what it holds inside a frame of its own. When it fails, it
//!   awaits what was left in the frame before it tells the error: that is the rollback, for errors, panics and
//!   limits, of derived, nested and hand-written objects alike. When it succeeds, or is dropped itself, it leaves
//!   what it found as one ordered job to the frame above. When it is pending, that goes to the background at once,
//!   and an error waits for it.
//! - With no frame open, the job becomes a background task. So the outermost future that is dropped makes one
//!   task of everything below it, dependents first.
//!
//! So dropping is the only way to give up an object, and nothing but `Drop` has to know about rollback.

pub(crate) mod background;
pub(crate) mod frame;
pub(crate) mod framed;
pub(crate) mod job;
mod limited;
pub(crate) mod member;
pub(crate) mod object_close;
pub(crate) mod reaper;
pub(crate) mod report;
pub(crate) mod sequence;
pub(crate) mod stray;
pub(crate) mod tally;
mod together;
