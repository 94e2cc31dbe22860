//! Durations in three digits.

use std::fmt;
use std::time::Duration;

/// `0`, `350 ns`, `12.3 µs`, `40.0 ms`, `115 ms`, `61.0 s`.
pub(super) struct Short(pub(super) Duration);

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(&str, u128, u128); 3] = [
            ("µs", 1_000, 999_500),
            ("ms", 1_000_000, 999_500_000),
            ("s", 1_000_000_000, u128::MAX),
        ];
        let nanos = self.0.as_nanos();
        if nanos == 0 {
            return f.pad("0");
        }
        if nanos < 1_000 {
            return f.pad(&format!("{nanos} ns"));
        }
        let fits = |(_, _, below): &&(&str, u128, u128)| nanos < *below;
        let (unit, size, _) = UNITS.iter().find(fits).unwrap_or(&UNITS[2]);
        // Rounded in tenths; whole from a hundred on.
        let tenths = (nanos * 10 + size / 2) / size;
        if tenths < 1_000 {
            return f.pad(&format!("{}.{} {unit}", tenths / 10, tenths % 10));
        }
        f.pad(&format!("{} {unit}", (nanos + size / 2) / size))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_three_digits() {
        let short = |nanos| Short(Duration::from_nanos(nanos)).to_string();
        assert_eq!(short(0), "0");
        assert_eq!(short(999), "999 ns");
        assert_eq!(short(12_345), "12.3 µs");
        assert_eq!(short(999_499), "999 µs");
        assert_eq!(short(999_500), "1.0 ms");
        assert_eq!(short(40_000_000), "40.0 ms");
        assert_eq!(short(115_400_000), "115 ms");
        assert_eq!(short(3_600_000_000_000), "3600 s");
    }
}
