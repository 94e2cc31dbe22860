//! Parses server-sent events as the HTML standard requires.

use std::collections::VecDeque;
use std::fmt;

/// The maximal size of an event, in bytes, so that an endless line cannot fill the memory.
pub(super) const LIMIT: usize = 256 << 10;

/// Takes bytes as they arrive, and returns events.
#[derive(Default)]
pub(super) struct Parser {
    line: Vec<u8>,
    /// The last byte was a carriage return, so a line feed after it belongs to the same line end.
    after_return: bool,
    event: Raw,
    has_data: bool,
    retry: Option<u64>,
    ready: VecDeque<Raw>,
}

/// An event whose data has not been parsed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Raw {
    pub(super) name: String,
    pub(super) data: String,
}

impl Parser {
    /// Adds the next bytes.
    pub(super) fn push(&mut self, chunk: &[u8]) -> Result<(), TooLong> {
        for &byte in chunk {
            match byte {
                b'\n' if self.after_return => self.after_return = false,
                b'\n' | b'\r' => {
                    self.end_line();
                    self.after_return = byte == b'\r';
                }
                _ => {
                    self.after_return = false;
                    self.line.push(byte);
                    if self.line.len() + self.event.data.len() > LIMIT {
                        return Err(TooLong);
                    }
                }
            }
        }
        Ok(())
    }

    /// Returns the next complete event.
    pub(super) fn pop(&mut self) -> Option<Raw> {
        self.ready.pop_front()
    }

    /// The newest reconnection time that the stream has set.
    pub(super) fn retry(&self) -> Option<u64> {
        self.retry
    }

    fn end_line(&mut self) {
        // Invalid UTF-8 is replaced, as the standard requires.
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_start_matches('\u{feff}');
        if line.is_empty() {
            let event = std::mem::take(&mut self.event);
            if std::mem::take(&mut self.has_data) {
                self.ready.push_back(event);
            }
            return;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event.name),
            "data" => {
                if std::mem::replace(&mut self.has_data, true) {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(value);
            }
            "retry" => self.retry = value.parse().ok().or(self.retry),
            // Comments, which keep the connection alive, and unknown fields.
            _ => {}
        }
    }
}

/// The event is too long.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong;

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an event is longer than {LIMIT} bytes")
    }
}

impl std::error::Error for TooLong {}

#[cfg(test)]
mod tests;
