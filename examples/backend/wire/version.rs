//! The protocol version.

use std::fmt;
use std::str::FromStr;

/// `v9.20250722`. Both sides use the earlier of their two versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ApiVersion {
    major: u32,
    /// Year, month and day, in eight digits.
    date: u32,
}

impl ApiVersion {
    /// The version of this program, on both sides.
    pub const OURS: Self = Self {
        major: 9,
        date: 20_250_722,
    };

    /// Whether the version is so old that some of its messages are no longer understood.
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

/// Accepts only digits, because the standard parser accepts a sign as well.
fn digits(text: &str) -> Option<u32> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

/// The text is not a version.
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
