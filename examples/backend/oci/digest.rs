//! Digests, which name a blob and verify its content.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use sha2::{Digest as _, Sha256, Sha512};

use crate::oci::Damage;

/// `sha256:9f86d0…`. Contains only hexadecimal digits of the right number, so it is safe as a file name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Digest {
    algorithm: Algorithm,
    hex: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Algorithm {
    Sha256,
    Sha512,
}

impl Algorithm {
    fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    fn digits(self) -> usize {
        match self {
            Self::Sha256 => 64,
            Self::Sha512 => 128,
        }
    }
}

impl Digest {
    /// The SHA-256 of `content`.
    pub fn of(content: &[u8]) -> Self {
        Self {
            algorithm: Algorithm::Sha256,
            hex: hex::encode(Sha256::digest(content)),
        }
    }

    /// The path of the blob, relative to the folder of the layout.
    pub fn path(&self) -> PathBuf {
        PathBuf::from_iter(["blobs", self.algorithm.name(), &self.hex])
    }

    /// A hasher for the same algorithm.
    pub(super) fn hasher(&self) -> Hasher {
        match self.algorithm {
            Algorithm::Sha256 => Hasher::Sha256(Sha256::new()),
            Algorithm::Sha512 => Hasher::Sha512(Sha512::new()),
        }
    }
}

/// A digest that is being computed.
pub(super) enum Hasher {
    Sha256(Sha256),
    Sha512(Sha512),
}

impl Hasher {
    pub(super) fn update(&mut self, content: &[u8]) {
        match self {
            Self::Sha256(hasher) => hasher.update(content),
            Self::Sha512(hasher) => hasher.update(content),
        }
    }

    pub(super) fn finish(self) -> Digest {
        match self {
            Self::Sha256(hasher) => Digest {
                algorithm: Algorithm::Sha256,
                hex: hex::encode(hasher.finalize()),
            },
            Self::Sha512(hasher) => Digest {
                algorithm: Algorithm::Sha512,
                hex: hex::encode(hasher.finalize()),
            },
        }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm.name(), self.hex)
    }
}

impl FromStr for Digest {
    type Err = Damage;

    fn from_str(text: &str) -> Result<Self, Damage> {
        let known = [Algorithm::Sha256, Algorithm::Sha512];
        let parsed = text.split_once(':').and_then(|(name, hex)| {
            let algorithm = known
                .into_iter()
                .find(|algorithm| algorithm.name() == name)?;
            let digits = hex
                .bytes()
                .all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
            (digits && hex.len() == algorithm.digits()).then(|| Self {
                algorithm,
                hex: hex.to_owned(),
            })
        });
        parsed.ok_or_else(|| {
            Damage::new(format_args!(
                "{text:?} is not a digest that can be verified"
            ))
        })
    }
}

#[cfg(test)]
mod tests;
