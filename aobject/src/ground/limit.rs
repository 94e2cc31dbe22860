//! A time limit.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::task::{coop::Unconstrained, unconstrained};
use tokio::time::{Instant, Sleep, sleep_until};

/// The time is counted from the first call of [`start`](Self::start).
pub(crate) struct Limit {
    after: Duration,
    /// Set by the start.
    end: Option<Instant>,
    /// Not subject to tokio's budget: a busy init would use up the budget, and its overrun would never be
    /// noticed. Boxed, because a timer is large.
    timer: Option<Pin<Box<Unconstrained<Sleep>>>>,
}

impl Limit {
    pub(crate) fn of(after: Duration) -> Self {
        Self {
            after,
            end: None,
            timer: None,
        }
    }

    /// Starts the clock now instead of when the limited future is first pending.
    ///
    /// Panics without a tokio runtime that has a timer, so call it where panics are caught.
    pub(crate) fn start(&mut self) {
        self.timer();
    }

    /// Resolves to the limit once it has expired.
    ///
    /// Panics like [`start`](Self::start).
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Duration> {
        let after = self.after;
        self.timer().poll(cx).map(|()| after)
    }

    /// The runtime of the timer has shut down. On another runtime, the clock starts anew.
    pub(crate) fn leave_runtime(&mut self) {
        self.timer = None;
    }

    /// The limit, if the future that is ready now has overrun it. In that case its code has blocked the thread,
    /// or the timer would have fired.
    pub(crate) fn overrun(&self) -> Option<Duration> {
        const TOLERANCE: Duration = Duration::from_millis(10);
        let end = self.end?.checked_add(TOLERANCE)?;
        (Instant::now() > end).then_some(self.after)
    }

    fn timer(&mut self) -> Pin<&mut Unconstrained<Sleep>> {
        let Self { after, end, timer } = self;
        let start = || Box::pin(unconstrained(sleep_until(*end.insert(end_of(*after)))));
        timer.get_or_insert_with(start).as_mut()
    }
}

/// If the limit is too long to be added to the clock, uses an instant far in the future.
fn end_of(after: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(60 * 60 * 24 * 365 * 30);
    let now = Instant::now();
    now.checked_add(after).unwrap_or(now + FAR)
}
