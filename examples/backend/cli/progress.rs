//! How far a task is, as people and as programs like to read it.

use std::io::IsTerminal;

use backend::output::{Unwritten, say};
use backend::wire::event;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar on a terminal, else a line for each change.
pub(super) enum Progress {
    Bar(ProgressBar),
    Lines,
}

impl Progress {
    pub(super) fn new() -> Self {
        if !std::io::stdout().is_terminal() {
            return Self::Lines;
        }
        let style = ProgressStyle::with_template("{wide_msg} {bar:30} {pos}/{len}");
        let bar = ProgressBar::with_draw_target(Some(1), ProgressDrawTarget::stdout());
        Self::Bar(bar.with_style(style.expect("a template without mistakes")))
    }

    pub(super) fn update(&mut self, update: &event::Progress) -> Result<(), Unwritten> {
        let event::Progress {
            message,
            current_progress,
            total_progress,
            ..
        } = update;
        match self {
            // A bar of length 0 is full.
            Self::Bar(bar) if *total_progress > 0.0 => {
                bar.set_length(whole(*total_progress));
                bar.set_position(whole(*current_progress));
                bar.set_message(message.clone());
                Ok(())
            }
            Self::Bar(_) => Ok(()),
            Self::Lines => say(format_args!(
                "{current_progress}/{total_progress}  {message}"
            )),
        }
    }

    /// All is done, whether each step was seen or not.
    pub(super) fn complete(&mut self) {
        if let Self::Bar(bar) = self {
            bar.set_position(bar.length().unwrap_or_default());
        }
    }
}

/// What was printed stays, and what comes next begins on a line of its own.
impl Drop for Progress {
    fn drop(&mut self) {
        if let Self::Bar(bar) = self {
            bar.abandon();
            // A bar leaves the cursor in its line. If that cannot be mended, the next line fails too.
            let _ = say("");
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "what does not fit is shown as what does"
)]
fn whole(progress: f64) -> u64 {
    progress as u64
}
