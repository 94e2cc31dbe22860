//! A limit on how long something may take.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::task::{coop::Unconstrained, unconstrained};
use tokio::time::{Instant, Sleep, sleep_until};

/// Counted from the first call of [`start`](Self::start).
pub(crate) struct Limit {
    after: Duration,
    /// Since it was started.
    end: Option<Instant>,
    /// Outside tokio's budget: an init that is always busy uses that up, and would never be found late. Boxed, because
    /// a timer is large.
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

    /// Starts the clock now, not when the limited future is first found pending.
    ///
    /// Panics without a tokio runtime with a timer: call it where panics are caught.
    pub(crate) fn start(&mut self) {
        self.timer();
    }

    /// Ready with the limit once it is over.
    ///
    /// Panics like [`start`](Self::start).
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Duration> {
        let after = self.after;
        self.timer().poll(cx).map(|()| after)
    }

    /// The limit, if what is ready now has overrun it: its code has blocked the thread, or the timer would have said so.
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

/// A limit too long to add to the clock is as good as none.
fn end_of(after: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(60 * 60 * 24 * 365 * 30);
    let now = Instant::now();
    now.checked_add(after).unwrap_or(now + FAR)
}
