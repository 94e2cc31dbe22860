//! The survival table: what happens to an object whose owner is dropped without `close`, and to a close that goes
//! wrong, in every situation that an ordinary program gets into.
//!
//! Each situation is written once, in `situations`, for every implementation of `way::Way`. It runs as a process of its
//! own with a few seconds to live, so that an abort or a hang is detected as such. The process prints its events on
//! standard output, word by word (`events`). The parent reads the events and the reports on standard error, observes
//! how the process ended (`child`, `seen`), and derives the outcome (`outcome`).

mod child;
mod contestant;
mod contestants;
mod events;
mod flavour;
mod outcome;
mod seen;
mod situations;
mod table;
mod way;
mod work;

pub use child::look;
pub use contestant::Contestant;
pub use contestants::contestants;
pub use flavour::Flavour;
pub use outcome::{Must, Outcome};
pub use seen::Seen;
pub use situations::row::Situation;
pub use table::print;

/// In the child: runs one situation of one contestant.
///
/// # Errors
///
/// If there is no such contestant or no such situation.
pub fn run(contestant: &str, at: &str) -> Result<(), String> {
    let known = contestants().into_iter().find(|it| it.name == contestant);
    let situations = known
        .ok_or(format!("no contestant `{contestant}`"))?
        .situations();
    let situation = at.parse().ok().and_then(|at: usize| situations.get(at));
    // The table shows panics. Their messages would look like reports.
    std::panic::set_hook(Box::new(|_| {}));
    situation.ok_or(format!("no situation `{at}`"))?.run();
    Ok(())
}
