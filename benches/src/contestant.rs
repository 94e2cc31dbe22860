//! Who takes part in a figure.

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
