//! What is damaged, as much of it as fits into an event.

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
mod tests {
    use super::*;

    fn lines(number: usize) -> Vec<String> {
        let mut faults = Faults::default();
        for fault in 0..number {
            faults.push(fault.to_string());
        }
        faults.into_lines()
    }

    #[test]
    fn a_hundred_are_listed_and_the_others_are_counted() {
        assert_eq!(lines(0), [""; 0]);
        assert_eq!(lines(100).last().unwrap(), "99");
        assert_eq!(lines(101)[99..], ["99", "and 1 more"]);
        assert_eq!(lines(2500)[99..], ["99", "and 2400 more"]);
    }
}
