//! The table as it is printed.

use std::io;
use std::panic::resume_unwind;
use std::path::Path;
use std::thread;

use crate::survival::child::look;
use crate::survival::contestant::Contestant;
use crate::survival::contestants::contestants;

const NOTES: &str = "\
ok: the close ran to its end. reported: it could not, or went wrong, and the program is told which object and why.
A: the process aborts. H: it hangs. P: the drop panics. L: lost, nobody is told. half-run: the same, after it began.
B: ok, but the thread that drops it is blocked until then. -: the contestant has nothing of the kind.

Each cell is a process of its own with 4 s to live, 30 s in row 22. The close of most rows waits until whoever dropped the
object can go on, a second at most: that is how blocking is told apart, and what the times of row 18 are made of. In rows 6
and 7 the close takes 200 ms. Row 6 is `aobject::run`, and for the others what they have: the end of a `#[tokio::main]`.
Row 20 needs a close that can be called. Row 23 (`process::exit`, `mem::forget`, `panic = \"abort\"`, SIGKILL) is not run:
nothing can.";

/// Runs all of it and prints it.
///
/// # Errors
///
/// When there can be no processes.
pub fn print(program: &Path) -> io::Result<()> {
    let contestants = contestants();
    // Most of the time, they sleep.
    let columns: Vec<Vec<String>> = thread::scope(|scope| {
        let start = |contestant| scope.spawn(move || column(program, contestant));
        let columns: Vec<_> = contestants.iter().map(start).collect();
        columns
            .into_iter()
            .map(|column| column.join().unwrap_or_else(|panic| resume_unwind(panic)))
            .collect::<Result<_, _>>()
    })?;
    let heads: Vec<&str> = contestants
        .iter()
        .map(|contestant| contestant.name)
        .collect();
    println!(
        "| # | situation | runtime | {} | aobject must |",
        heads.join(" | ")
    );
    println!("|---|---|---|{}---|", "---|".repeat(heads.len()));
    for (at, situation) in contestants[0].situations().iter().enumerate() {
        let cells: Vec<&str> = columns.iter().map(|column| column[at].as_str()).collect();
        println!(
            "| {} | {} | {} | {} | {} |",
            situation.row,
            situation.title,
            situation.flavour,
            cells.join(" | "),
            situation.must
        );
    }
    println!("\n{NOTES}");
    Ok(())
}

fn column(program: &Path, contestant: &Contestant) -> io::Result<Vec<String>> {
    let outcome = |at| look(program, contestant, at).map(|seen| seen.outcome().to_string());
    (0..contestant.situations().len()).map(outcome).collect()
}
