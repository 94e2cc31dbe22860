//! The version of the protocol.

use std::fmt;
use std::str::FromStr;

/// `v9.20250722`. The earlier of two is what both sides speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ApiVersion {
    major: u32,
    /// Eight digits, year, month and day.
    date: u32,
}

impl ApiVersion {
    /// What this program speaks, on both sides.
    pub const OURS: Self = Self {
        major: 9,
        date: 20_250_722,
    };

    /// Whether so old that not all of it is understood any more.
    pub const fn is_outdated(self) -> bool {
        self.major < 7
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}.{:08}", self.major, self.date)
    }
}

impl FromStr for ApiVersion {
    type Err = NotAVersion;

    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        parse(text).ok_or_else(|| NotAVersion(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<ApiVersion> {
    let (major, date) = text.strip_prefix('v')?.split_once('.')?;
    (date.len() == 8).then_some(())?;
    Some(ApiVersion {
        major: digits(major)?,
        date: digits(date)?,
    })
}

/// Digits alone: the standard parser takes a sign too.
fn digits(text: &str) -> Option<u32> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

/// It does not look like a version.
#[derive(Debug, PartialEq, Eq)]
pub struct NotAVersion(String);

impl fmt::Display for NotAVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is not a version such as {}",
            self.0,
            ApiVersion::OURS
        )
    }
}

impl std::error::Error for NotAVersion {}

#[cfg(test)]
mod tests;
