use std::fmt::Display;
use std::io::Write;

/// A line on standard error. The service works on where nobody reads them.
pub fn log(line: impl Display) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// A line on standard output: where the service is reached.
pub fn announce(line: impl Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
