//! The last moment of a program whose threads do not come back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::ground::report;
use crate::ground::stopping::Reason;
use crate::programs::ending;
use crate::programs::program::Program;

/// What the program has, after its limit, to return by itself.
const SLACK: Duration = Duration::from_millis(500);

/// When the process is ended, once the clock of the program runs.
pub(super) fn end_of(program: &Program) -> Option<Instant> {
    program
        .deadline()
        .and_then(|deadline| deadline.checked_add(SLACK))
}

/// Ends the process if the program has not returned in time: its threads are blocked.
pub(super) fn end_if_over(program: &Arc<Program>) {
    if end_of(program).is_none_or(|end| Instant::now() < end) {
        return;
    }
    ending::report_blocked(program);
    report::flush();
    let code = match program.reason() {
        Some(Reason::Signal(number)) => 128 + i32::from(*number),
        Some(Reason::Asked | Reason::Failed(_)) | None => 1,
    };
    std::process::exit(code);
}
