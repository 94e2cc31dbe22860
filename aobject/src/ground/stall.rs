//! How long something has made no progress, and whether that is worth a notice.

use std::time::{Duration, Instant};

#[derive(Debug)]
pub(crate) struct Stall {
    /// The latest progress.
    since: Instant,
    notices: u32,
}

impl Stall {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            since: now,
            notices: 0,
        }
    }

    /// When the next notice is due: after `after` without progress, and each time that has doubled.
    pub(crate) fn due(&self, after: Duration) -> Option<Instant> {
        let factor = 1_u32.checked_shl(self.notices)?;
        self.since.checked_add(after.checked_mul(factor)?)
    }

    /// Whether a notice is due; if so, the next one is due later than `now`.
    pub(crate) fn take_due(&mut self, after: Duration, now: Instant) -> bool {
        let before = self.notices;
        while self.due(after).is_some_and(|due| due <= now) {
            self.notices += 1;
        }
        self.notices > before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_due_after_a_while_and_whenever_that_has_doubled() {
        let (start, second) = (Instant::now(), Duration::from_secs(1));
        let mut stall = Stall::new(start);
        let due: Vec<_> = (0..=16)
            .filter(|at| stall.take_due(second * 2, start + second * *at))
            .collect();
        assert_eq!(due, [2, 4, 8, 16]);
    }

    #[test]
    fn a_late_look_gives_one_notice() {
        let (start, second) = (Instant::now(), Duration::from_secs(1));
        let mut stall = Stall::new(start);
        assert!(stall.take_due(second, start + second * 7));
        assert!(!stall.take_due(second, start + second * 7));
        assert_eq!(stall.due(second), Some(start + second * 8));
    }

    #[test]
    fn an_endless_wait_is_never_due() {
        let mut stall = Stall::new(Instant::now());
        assert_eq!(stall.due(Duration::MAX), None);
        assert!(!stall.take_due(Duration::MAX, Instant::now()));
    }
}
