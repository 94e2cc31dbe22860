//! The damage that a task found, as much of it as fits into an event.

/// How many are listed.
const LISTED: usize = 100;

/// The first of many faults, and the number of the others.
#[derive(Default)]
pub(super) struct Faults {
    listed: Vec<String>,
    more: usize,
}

impl Faults {
    pub(super) fn push(&mut self, fault: String) {
        if self.listed.len() < LISTED {
            self.listed.push(fault);
        } else {
            self.more += 1;
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    /// One for each that is listed, and one that says how many were left out.
    pub(super) fn into_lines(self) -> Vec<String> {
        let Self { mut listed, more } = self;
        if more > 0 {
            listed.push(format!("and {more} more"));
        }
        listed
    }
}

#[cfg(test)]
mod tests;
