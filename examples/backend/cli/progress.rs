//! Shows the progress of a task, for people and for programs.

use std::io::IsTerminal;

use backend::output::{Unwritten, say};
use backend::wire::event;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar on a terminal, otherwise one line per change.
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
            // A bar of length 0 would be shown as full.
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

    /// Marks the task as complete, even if some of its steps were not seen.
    pub(super) fn complete(&mut self) {
        if let Self::Bar(bar) = self {
            bar.set_position(bar.length().unwrap_or_default());
        }
    }
}

/// Keeps the printed text, and starts the next output on a new line.
impl Drop for Progress {
    fn drop(&mut self) {
        if let Self::Bar(bar) = self {
            bar.abandon();
            // The bar leaves the cursor on its line. If this write fails, the next one fails too, and is reported.
            let _ = say("");
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a value out of range is shown as the nearest value in range"
)]
fn whole(progress: f64) -> u64 {
    progress as u64
}
