//! How much may be observed.

use std::time::Instant;

/// Enough for 512 objects that are part of no other, or for the start of a large one: a millisecond or two.
const MOST: u64 = 8192;

/// So much more each second.
const EACH_SECOND: u64 = 1024;

/// What an object that is part of no other costs: a program that makes very many makes them one by one.
pub(super) const ROOT: u64 = 16;

/// What a part costs.
pub(super) const PART: u64 = 1;

pub(super) struct Budget {
    left: u64,
    /// When it was last filled up.
    at: Instant,
}

impl Budget {
    pub(super) const fn new(now: Instant) -> Self {
        Self {
            left: MOST,
            at: now,
        }
    }

    /// False if nothing is left.
    pub(super) fn spend(&mut self, cost: u64, now: Instant) -> bool {
        let seconds = now.saturating_duration_since(self.at).as_secs();
        if seconds > 0 {
            self.at = now;
            self.left = MOST.min(self.left + seconds.saturating_mul(EACH_SECOND));
        }
        let is_left = self.left > 0;
        self.left = self.left.saturating_sub(cost);
        is_left
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_budget_is_used_up_and_filled_with_time() {
        let start = Instant::now();
        let mut budget = Budget::new(start);
        let mut spent = |cost, now| {
            let spent = (0..10_000).filter(|_| budget.spend(cost, now));
            spent.count()
        };
        assert_eq!(spent(ROOT, start), 512);
        let later = start + Duration::from_secs(2);
        assert_eq!(spent(PART, later), 2048);
        let much_later = start + Duration::from_secs(1000);
        assert_eq!(spent(ROOT, much_later), 512);
    }
}
