//! Every figure that aobject claims, beside its peers. See README.md.
//!
//! A contestant is written once, here. The programs in `figures/` time it and count its allocations; this
//! package's binary runs it alone, for its instructions to be counted. `survival` is a table of another kind: what
//! each does where it gets difficult.
#![forbid(unsafe_code)]

pub mod close;
pub mod drop;
pub mod graph;
pub mod harness;
pub mod join;
pub mod lazy;
pub mod new;
pub mod share;
pub mod survival;

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// One way to do what a figure is about.
#[derive(Clone, Copy, Debug)]
pub struct Contestant {
    /// Whose way.
    pub name: &'static str,
    /// Does it so many times.
    pub run: fn(u64),
}

/// What is measured by name: the figure, and who takes part. The first is what the others are compared to.
pub const FIGURES: &[(&str, &[Contestant])] = &[
    ("new", new::CONTESTANTS),
    ("in-place", new::IN_PLACE),
    ("close", close::CONTESTANTS),
    ("share", share::CONTESTANTS),
    ("ready", lazy::READY),
    ("fresh", lazy::FRESH),
];

/// What comes out of a future that never waits and never fails, with nothing of a runtime around it.
///
/// # Panics
///
/// When it waits or fails.
pub fn at_once<T, E>(future: impl Future<Output = Result<T, E>>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(value)) => value,
        Poll::Ready(Err(_)) => panic!("a contestant fails"),
        Poll::Pending => panic!("a contestant waits"),
    }
}
