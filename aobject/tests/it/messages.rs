//! Every message of the library, as a user sees it: each is caused, and the families are kept in golden files. To renew
//! them, and review the diff: `UPDATE_EXPECT=1 cargo test -p aobject --all-features --test it -- messages`.

use std::fmt::Write;

use aobject::{AObject, BoxError, Error};

#[cfg(feature = "dynamic")]
mod choice;
mod close;
mod events;
mod init;
mod panics;
mod reports;

/// A family of messages, one paragraph for each way to cause one.
#[derive(Default)]
struct Messages(String);

impl Messages {
    fn add(&mut self, cause: &str, message: &str) {
        let space = if self.0.is_empty() { "" } else { "\n" };
        writeln!(self.0, "{space}{cause}").unwrap();
        for line in message.lines() {
            writeln!(self.0, "    {line}").unwrap();
        }
    }

    /// Both forms of an error: the line, and the report.
    fn error(&mut self, cause: &str, error: &Error) {
        self.add(cause, &format!("{error}\n{error:#}"));
    }
}

/// An error with a cause of its own.
fn refused() -> BoxError {
    let cause = std::io::Error::other("connection refused");
    let error: Box<dyn std::error::Error + Send + Sync> = Box::new(Unreachable(cause));
    error
}

#[derive(Debug)]
struct Unreachable(std::io::Error);

impl std::fmt::Display for Unreachable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no route to the host")
    }
}

impl std::error::Error for Unreachable {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// An object whose close fails.
#[derive(AObject)]
#[aobject(close = Self::flush)]
struct GoldenLog;

impl GoldenLog {
    async fn flush(&mut self) -> Result<(), BoxError> {
        Err(refused())
    }
}

/// An object whose close waits for ever.
#[derive(AObject)]
#[aobject(close = Self::linger)]
struct GoldenStuck;

impl GoldenStuck {
    async fn linger(&mut self) {
        std::future::pending::<()>().await;
    }
}
