//! Lines for standard output and standard error.

use std::fmt;
use std::io::{self, Write};

use crate::wire::text::plain_lines;

/// Writes a line to standard output.
pub fn say(line: impl fmt::Display) -> Result<(), Unwritten> {
    written("output", writeln!(io::stdout(), "{}", shown(line)))
}

/// Writes a line to standard error.
pub fn warn(line: impl fmt::Display) -> Result<(), Unwritten> {
    written("error", writeln!(io::stderr(), "{}", shown(line)))
}

/// Escapes control characters, because a part of the line may come from another machine.
fn shown(line: impl fmt::Display) -> String {
    plain_lines(&line.to_string())
}

/// Adds the name of the stream to the error of a write.
pub fn written(stream: &'static str, result: io::Result<()>) -> Result<(), Unwritten> {
    result.map_err(|cause| Unwritten { stream, cause })
}

/// The output can no longer be written. This is an error, not a panic as in `println!`, because objects have to be
/// closed.
#[derive(Debug)]
pub struct Unwritten {
    stream: &'static str,
    cause: io::Error,
}

impl Unwritten {
    /// Whether the reader is gone, as in `backend | head`.
    pub fn is_closed_pipe(&self) -> bool {
        self.cause.kind() == io::ErrorKind::BrokenPipe
    }
}

impl fmt::Display for Unwritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot write to standard {}", self.stream)
    }
}

impl std::error::Error for Unwritten {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}
