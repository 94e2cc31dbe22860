//! The async init of a derived object: [`kernel::graph::start`](crate::kernel::graph::start) over a [`Plan`].

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::derive::parts::Plan;
use crate::ground::error::BoxError;
use crate::kernel::graph::Up;
use crate::kernel::graph::start::{self, Field};

/// All fields that have an `init`, in the plan's order. Dropping it abandons the fields in flight, concurrently.
#[must_use = "a future"]
pub struct Starting<'a, const N: usize>(start::Starting<'a, &'static Plan, Up, [Field<'a>; N]>);

impl<'a, const N: usize> Starting<'a, N> {
    /// Starts nothing yet.
    pub fn new(plan: &'static Plan, fields: [Field<'a>; N]) -> Self {
        Self(start::Starting::new(plan, Up, fields))
    }
}

impl<const N: usize> Future for Starting<'_, N> {
    type Output = Result<(), BoxError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx)
    }
}
