//! A limit on how long something may take.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::task::{coop::Unconstrained, unconstrained};
use tokio::time::{Instant, Sleep, sleep_until};

/// Counted from the first poll. Boxed throughout: few objects have one, and a timer is large.
pub(crate) struct Limit(Option<Box<Inner>>);

struct Inner {
    after: Duration,
    /// Outside of tokio's budget: an init that is always busy uses that up, and would never be found late.
    timer: Option<Pin<Box<Unconstrained<Sleep>>>>,
}

impl Limit {
    pub(crate) const NONE: Self = Self(None);

    pub(crate) fn of(after: Duration) -> Self {
        Self(Some(Box::new(Inner { after, timer: None })))
    }

    /// Starts the clock at the first call; ready with the limit once it is over.
    ///
    /// Panics without a tokio runtime with a timer: call it where panics are contained.
    #[inline]
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Duration> {
        match &mut self.0 {
            None => Poll::Pending,
            Some(inner) => inner.poll(cx),
        }
    }

    /// Starts the clock now, not when what it limits is first found pending.
    #[inline]
    pub(crate) fn start(&mut self) {
        if let Some(inner) = &mut self.0 {
            inner.timer();
        }
    }
}

impl Inner {
    fn timer(&mut self) -> Pin<&mut Unconstrained<Sleep>> {
        let after = self.after;
        self.timer
            .get_or_insert_with(|| Box::pin(unconstrained(sleep_until(end_of(after)))))
            .as_mut()
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Duration> {
        let after = self.after;
        self.timer().poll(cx).map(|()| after)
    }
}

/// A limit too long to add to the clock is as good as none.
fn end_of(after: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(60 * 60 * 24 * 365 * 30);
    let now = Instant::now();
    now.checked_add(after).unwrap_or(now + FAR)
}
