//! Prints the table.

use std::io;
use std::panic::resume_unwind;
use std::path::Path;
use std::thread;

use crate::survival::child::look;
use crate::survival::contestant::Contestant;
use crate::survival::contestants::contestants;

const NOTES: &str = "\
ok: the close ran to its end. reported: the close could not run, or failed, and a report names the object and the reason.
A: the process aborts. H: the process hangs. P: the drop panics. L: the close is lost without a report. half-run: the close
began and is lost without a report. B: ok, but the drop blocks its thread until the close has ended. -: not offered.

Each cell is a process of its own with 4 s to live, 30 s in row 22. In most rows, the close waits until the owner that dropped
the object can continue, at most one second. This detects a drop that blocks, and explains the times of row 18. In rows 6 and
7, the close takes 200 ms. Row 6 runs under `aobject::run`, and the other contestants run under `#[tokio::main]`. Row 20 needs
a close that can be called. Row 23 (`process::exit`, `mem::forget`, `panic = \"abort\"`, SIGKILL) is not run, because no close
can run then.";

/// Runs all situations, and prints the table.
///
/// # Errors
///
/// If the system cannot start processes.
pub fn print(program: &Path) -> io::Result<()> {
    let contestants = contestants();
    // All columns run concurrently, because they mostly sleep.
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
