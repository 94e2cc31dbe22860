//! The observations about the process of a situation.

use crate::survival::events::{FAILED, REPORTED};
use crate::survival::work::REASON;

/// The output of a process, and how it ended.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Standard output: the events.
    pub said: String,
    /// Standard error: the reports.
    pub reports: String,
    pub(super) killed: bool,
    pub(super) aborted: bool,
}

impl Seen {
    pub(super) fn times(&self, word: &str) -> usize {
        self.said.lines().filter(|line| *line == word).count()
    }

    /// The values that were printed after a word.
    fn with<'a>(&'a self, word: &'a str) -> impl Iterator<Item = &'a str> {
        self.said
            .lines()
            .filter_map(move |line| line.strip_prefix(word)?.strip_prefix(' '))
    }

    pub(super) fn number(&self, word: &str) -> Option<u64> {
        self.with(word).find_map(|number| number.parse().ok())
    }

    /// Whether a report names the object and the reason. A close that failed has its own reason; every other reason has
    /// to do with a runtime.
    pub(super) fn is_reported(&self) -> bool {
        let reason = if self.times(FAILED) > 0 {
            REASON
        } else {
            "runtime"
        };
        let reports = self.reports.lines().chain(self.with(REPORTED));
        reports
            .into_iter()
            .any(|line| line.contains("Guarded") && line.contains(reason))
    }
}
