//! The signatures of requests.

use std::fmt;

use chrono::{DateTime, FixedOffset};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

/// The text before a credential.
const SCHEME: &str = "BackendAI signMethod=HMAC-SHA256, credential=";

/// A key pair: a name that is sent, and a secret that is not.
#[derive(Clone)]
pub struct KeyPair {
    /// The name.
    pub access: String,
    /// The secret.
    pub secret: String,
}

/// The signed parts of a request.
#[derive(Clone, Copy)]
pub struct Signable<'a> {
    /// `GET`
    pub method: &'a str,
    /// Path and query, as sent.
    pub target: &'a str,
    /// The `Date` header, as sent.
    pub date: &'a str,
    /// The `Host` header.
    pub authority: &'a str,
    /// The `Content-Type` header, including its parameters.
    pub content_type: &'a str,
    /// The protocol version.
    pub version: &'a str,
}

impl Signable<'_> {
    /// The signature, for the `Authorization` header.
    pub fn sign(&self, keys: &KeyPair, date: DateTime<FixedOffset>) -> Credential {
        let signature = self
            .mac(&keys.secret, date)
            .finalize()
            .into_bytes()
            .to_vec();
        Credential {
            access: keys.access.clone(),
            signature,
        }
    }

    /// Whether `credential` is the signature of this request by `keys`. Compares in constant time.
    pub fn is_signed_by(
        &self,
        keys: &KeyPair,
        date: DateTime<FixedOffset>,
        credential: &Credential,
    ) -> bool {
        credential.access == keys.access
            && self
                .mac(&keys.secret, date)
                .verify_slice(&credential.signature)
                .is_ok()
    }

    fn mac(&self, secret: &str, date: DateTime<FixedOffset>) -> Hmac<Sha256> {
        let day = keyed(secret.as_bytes(), &date.format("%Y%m%d").to_string())
            .finalize()
            .into_bytes();
        let key = keyed(&day, self.authority).finalize().into_bytes();
        keyed(&key, &self.text())
    }

    fn text(&self) -> String {
        let Self {
            method,
            target,
            date,
            authority,
            content_type,
            version,
        } = self;
        let media_type = content_type
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_lowercase();
        // The protocol always hashes an empty body.
        let body = hex::encode(Sha256::digest(b""));
        format!(
            "{method}\n{target}\n{date}\nhost:{authority}\ncontent-type:{media_type}\n\
             x-backendai-version:{version}\n{body}"
        )
    }
}

fn keyed(key: &[u8], text: &str) -> Hmac<Sha256> {
    Hmac::<Sha256>::new_from_slice(key)
        .expect("HMAC accepts keys of any length")
        .chain_update(text)
}

/// The value of an `Authorization` header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    access: String,
    signature: Vec<u8>,
}

impl Credential {
    /// Parses the header.
    pub fn parse(header: &str) -> Option<Self> {
        let (access, signature) = header.strip_prefix(SCHEME)?.split_once(':')?;
        Some(Self {
            access: access.to_owned(),
            signature: hex::decode(signature).ok()?,
        })
    }
}

impl fmt::Display for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{SCHEME}{}:{}",
            self.access,
            hex::encode(&self.signature)
        )
    }
}

/// Parses a `Date` header, in ISO 8601 with an offset or in RFC 7231.
pub fn parse_date(header: &str) -> Option<DateTime<FixedOffset>> {
    DateTime::parse_from_rfc3339(header)
        .or_else(|_| DateTime::parse_from_rfc2822(header))
        .ok()
}

#[cfg(test)]
mod tests;
