//! Durations as one says them.

use std::fmt;
use std::time::Duration;

/// `12 s`, `1.5 s`, `250 ms`.
pub(crate) struct Rounded(pub(crate) Duration);

impl fmt::Display for Rounded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.0.as_millis();
        match millis {
            0..1_000 => write!(f, "{millis} ms"),
            1_000..10_000 if millis % 1_000 >= 100 => {
                write!(f, "{}.{} s", millis / 1_000, millis % 1_000 / 100)
            }
            _ => write!(f, "{} s", millis / 1_000),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_two_digits_at_most_below_ten_seconds() {
        let rounded = |millis| Rounded(Duration::from_millis(millis)).to_string();
        assert_eq!(rounded(0), "0 ms");
        assert_eq!(rounded(999), "999 ms");
        assert_eq!(rounded(1_050), "1 s");
        assert_eq!(rounded(1_590), "1.5 s");
        assert_eq!(rounded(12_900), "12 s");
    }
}
