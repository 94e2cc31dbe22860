//! Errors as one line.

use std::error::Error;

/// Writes an error and its causes. A cause that only repeats the end of the text so far is left out.
///
/// An error of the library writes itself, with its related errors.
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
