//! The bodies of responses.

use std::fmt;

use aobject::BoxError;
use reqwest::Response;

/// The maximal length of a response, in bytes, so that an endless response cannot fill the memory.
const LIMIT: usize = 16 << 20;

/// Reads a whole response.
pub(super) async fn read(mut response: Response) -> Result<Vec<u8>, BoxError> {
    let mut answer = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if answer.len() + chunk.len() > LIMIT {
            return Err(TooLong.into());
        }
        answer.extend_from_slice(&chunk);
    }
    Ok(answer)
}

/// The response is too long.
#[derive(Debug)]
struct TooLong;

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the answer is longer than {} MiB", LIMIT >> 20)
    }
}

impl std::error::Error for TooLong {}
