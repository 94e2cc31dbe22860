//! The damage that a task found, limited to the size of an event.

/// How many faults are listed.
const LISTED: usize = 100;

/// The first faults, and the number of the others.
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

    /// One line per listed fault, and one line with the number of the others.
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
