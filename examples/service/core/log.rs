use std::fmt::Display;
use std::io::Write;

/// Prints a line on standard error. The service keeps working if nobody reads it.
pub fn log(line: impl Display) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Prints the address of the service, as a line on standard output.
pub fn announce(line: impl Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
