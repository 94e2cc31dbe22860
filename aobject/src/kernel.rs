//! Closes that have to run, and their owners. Rollback, background closes and `drain` are built from these, and so are
//! the start of an object ([`attempt`]) and of a graph of members ([`graph`]). The kernel knows a close and a name, and no
//! object.
//!
//! **The invariant.** A [`Job`](job::Job) is a close that has to run. At any time it has one owner: the future that
//! awaits it, the list of a drop scope, or a background task. A job that its owner drops *hands itself over* to the
//! next owner, and three verbs say how a close changes hands:
//!
//! - **hand over**: a dropped job goes to the drop scope that is open on this thread, in drop order. Where none is
//!   open, it becomes a background task.
//! - **abandon**: a future is dropped before its end, inside a drop scope; what that leaves is one ordered job.
//! - **salvage**: of a job that its runtime dropped, what has not begun can still run elsewhere; what has begun is lost.
//!
//! A future that ends a start or a close polls *and drops* its content inside a drop scope of its own, by the two
//! functions in [`drive`]; `remark` opens one more. A future that fails awaits what was left in its scope before it
//! returns the error: that is the rollback, for errors, panics and limits, of derived, nested and hand-written objects
//! alike. A future that succeeds, or is dropped itself, hands over what it collected as one ordered job. A future that
//! is pending hands it to the background at once, and its error waits for that.
//!
//! So dropping is the only way to give up an object, and nothing but `Drop` has to know about rollback.

pub(crate) mod attempt;
pub(crate) mod background;
pub(crate) mod callers;
pub(crate) mod doom;
pub(crate) mod drive;
pub(crate) mod drop_scope;
mod extras;
pub(crate) mod given_up;
pub(crate) mod graph;
pub(crate) mod hand_over;
pub(crate) mod job;
mod job_name;
pub(crate) mod reaper;
mod remark;
pub(crate) mod shared_close;
pub(crate) mod value_close;
