//! What is seen of a situation's process.

use crate::survival::events::{FAILED, TOLD};
use crate::survival::work::REASON;

/// What a process said, and how it ended.
#[derive(Clone, Debug)]
pub struct Seen {
    /// On standard output: what happened.
    pub said: String,
    /// On standard error: the reports.
    pub reports: String,
    pub(super) killed: bool,
    pub(super) aborted: bool,
}

impl Seen {
    pub(super) fn times(&self, word: &str) -> usize {
        self.said.lines().filter(|line| *line == word).count()
    }

    /// What was said with a word.
    fn with<'a>(&'a self, word: &'a str) -> impl Iterator<Item = &'a str> {
        self.said
            .lines()
            .filter_map(move |line| line.strip_prefix(word)?.strip_prefix(' '))
    }

    pub(super) fn number(&self, word: &str) -> Option<u64> {
        self.with(word).find_map(|number| number.parse().ok())
    }

    /// Whether the program is told which object it was, and why: the reason of a close that went wrong is its own, and
    /// all others have to do with a runtime.
    pub(super) fn is_reported(&self) -> bool {
        let reason = if self.times(FAILED) > 0 {
            REASON
        } else {
            "runtime"
        };
        let told = self.reports.lines().chain(self.with(TOLD));
        told.into_iter()
            .any(|line| line.contains("Guarded") && line.contains(reason))
    }
}
