//! Errors in one line.

use std::error::Error;

/// The error and its causes; one that only repeats the end of what came before is left out.
///
/// The library's own error reports itself, with all that went wrong beside it.
pub fn causes(error: &(dyn Error + 'static)) -> String {
    if error.is::<aobject::Error>() {
        return format!("{error:#}");
    }
    let mut text = error.to_string();
    for cause in std::iter::successors(error.source(), |cause| (*cause).source()) {
        let cause = cause.to_string();
        if !text.ends_with(&cause) {
            text.extend([": ", &cause]);
        }
    }
    text
}

#[cfg(test)]
mod tests;
