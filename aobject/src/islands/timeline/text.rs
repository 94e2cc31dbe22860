//! A timeline as text: one line, the critical chain, the table.

use std::collections::HashSet;
use std::fmt::{self, Write};
use std::time::Duration;

use tokio::time::Instant;

use crate::ground::error::Phase;
use crate::islands::timeline::critical;
use crate::islands::timeline::duration::Short;
use crate::islands::timeline::root::Root;
use crate::islands::timeline::row::{Act, Outcome, Row};

/// `App: started in 115 ms, closed in 18.0 ms`.
pub(super) fn line(root: &Root, now: Instant) -> String {
    let Some(row) = root.rows.first() else {
        return String::new();
    };
    let steps = row.init.iter().map(|init| init_words(root, row, init, now));
    let steps = steps.chain(row.close.iter().map(|close| close_words(root, close, now)));
    format!("{}: {}", row.path, steps.collect::<Vec<_>>().join(", "))
}

fn init_words(root: &Root, row: &Row, init: &Act, now: Instant) -> String {
    let took = Short(init.took(now));
    let rolled_back = rollback(row, init).map(|took| format!(", rolled back in {}", Short(took)));
    let rolled_back = rolled_back.unwrap_or_default();
    match &init.outcome {
        Outcome::Running => format!("starting for {took}"),
        Outcome::Well => format!("started in {took}"),
        Outcome::Cancelled | Outcome::Lost => format!("cancelled after {took}{rolled_back}"),
        Outcome::Failed(_) => {
            format!(
                "failed after {took}{rolled_back}: {}",
                first_failure(root, Phase::Init)
            )
        }
    }
}

fn close_words(root: &Root, close: &Act, now: Instant) -> String {
    let took = Short(close.took(now));
    match &close.outcome {
        Outcome::Running => format!("closing for {took}"),
        Outcome::Well | Outcome::Cancelled => format!("closed in {took}"),
        Outcome::Lost => format!("close lost after {took}"),
        Outcome::Failed(_) => {
            format!(
                "close failed after {took}: {}",
                first_failure(root, Phase::Close)
            )
        }
    }
}

/// The path and the cause of the innermost failure that explains that of the root.
fn first_failure(root: &Root, phase: Phase) -> String {
    let row = &root.rows[root.culprit(phase)];
    match row.act(phase).map(|act| &act.outcome) {
        Some(Outcome::Failed(cause)) => format!("{}: {cause}", row.path),
        Some(Outcome::Lost) => format!("{}: lost", row.path),
        _ => String::new(),
    }
}

fn rollback(row: &Row, init: &Act) -> Option<Duration> {
    Some(row.rolled_back?.saturating_duration_since(init.until?))
}

/// The critical chain and the table, of the start and of the close.
pub(super) fn write_tables(f: &mut dyn Write, root: &Root, now: Instant) -> fmt::Result {
    for phase in [Phase::Init, Phase::Close] {
        let mut rows = root.in_order();
        rows.retain(|at| begin(&root.rows[*at], phase).is_some());
        let moments = || rows.iter().filter_map(|at| begin(&root.rows[*at], phase));
        // Parts may have closed long before the root.
        let Some(start) = begin(&root.rows[0], phase).or_else(|| moments().min()) else {
            continue;
        };
        write_chain(f, root, phase, now)?;
        let table = Table {
            root,
            phase,
            start,
            now,
        };
        table.write(f, &rows)?;
    }
    Ok(())
}

fn begin(row: &Row, phase: Phase) -> Option<Instant> {
    let since = row.act(phase).map(|act| act.since);
    row.waits_since(phase).into_iter().chain(since).min()
}

fn title(root: &Root, phase: Phase) -> &'static str {
    match phase {
        Phase::Init => "start",
        Phase::Close if root.rows[0].is_undone() => "rollback",
        Phase::Close => "close",
    }
}

fn write_chain(f: &mut dyn Write, root: &Root, phase: Phase, now: Instant) -> fmt::Result {
    let steps = critical::steps(root, phase, now);
    let whole: Duration = steps.iter().map(critical::Step::took).sum();
    if whole.is_zero() {
        return Ok(());
    }
    writeln!(
        f,
        "\n{}, critical chain of {}",
        title(root, phase),
        Short(whole)
    )?;
    for step in steps {
        let percent = (step.took().as_secs_f64() / whole.as_secs_f64() * 100.0).round();
        let gap = if step.is_between_parts() {
            "  (between its parts)"
        } else {
            ""
        };
        writeln!(
            f,
            "  @{:<9} {:>9} {percent:>4} %  {}{gap}",
            Short(step.at()).to_string(),
            Short(step.took()),
            step.path()
        )?;
    }
    Ok(())
}

struct Table<'a> {
    root: &'a Root,
    phase: Phase,
    start: Instant,
    now: Instant,
}

impl Table<'_> {
    fn write(&self, f: &mut dyn Write, rows: &[usize]) -> fmt::Result {
        let title = title(self.root, self.phase);
        let listed = rows.iter().copied().collect();
        let names: Vec<String> = rows.iter().map(|at| self.name(*at, &listed)).collect();
        let widths = names.iter().map(|name| name.chars().count());
        let width = widths.chain([title.len()]).max().unwrap_or(0);
        writeln!(
            f,
            "\n{title:width$}  {:>9}  {:>9}  {:>9}  {:>9}",
            "at", "waited", "took", "own"
        )?;
        for (at, name) in rows.iter().zip(&names) {
            let mut line = format!("{name:width$}");
            for cell in self.cells(*at) {
                let cell = cell.map_or_else(|| "-".to_owned(), |time| Short(time).to_string());
                write!(line, "  {cell:>9}")?;
            }
            writeln!(f, "{line}{}", self.outcome(*at))?;
        }
        Ok(())
    }

    /// Under the nearest holder that is listed, and named from there.
    fn name(&self, at: usize, listed: &HashSet<usize>) -> String {
        let row = &self.root.rows[at];
        let holders: Vec<_> = self.root.holders(at).collect();
        let mut above = holders.iter().filter(|holder| listed.contains(holder));
        let name = match above.clone().next() {
            Some(holder) if row.holder == Some(*holder) => row.name.as_str(),
            Some(holder) => {
                let path = row.path.strip_prefix(&self.root.rows[*holder].path);
                path.unwrap_or(&row.path).trim_start_matches('.')
            }
            None => row.path.as_str(),
        };
        let indent = 2 * above.by_ref().count();
        format!("{:indent$}{name}", "")
    }

    /// At, waited, took, own.
    fn cells(&self, at: usize) -> [Option<Duration>; 4] {
        let row = &self.root.rows[at];
        let waits_since = row.waits_since(self.phase);
        let Some(act) = row.act(self.phase) else {
            let waited = waits_since.map(|since| self.given_up().saturating_duration_since(since));
            return [None, waited, None, None];
        };
        let waited = waits_since.map(|since| act.since.saturating_duration_since(since));
        [
            act.since.checked_duration_since(self.start),
            waited,
            Some(act.took(self.now)),
            Some(self.root.own_time(at, self.phase, self.now)),
        ]
    }

    fn is_over(&self) -> bool {
        self.root.rows[0]
            .act(self.phase)
            .is_some_and(|act| act.until.is_some())
    }

    /// Nothing starts after it.
    fn given_up(&self) -> Instant {
        self.root.rows[0]
            .act(self.phase)
            .map_or(self.now, |act| act.until_or(self.now))
    }

    fn outcome(&self, at: usize) -> String {
        let row = &self.root.rows[at];
        let mut words = Vec::new();
        match row.act(self.phase).map(|act| &act.outcome) {
            None => words.push(match self.phase {
                Phase::Init if self.is_over() => {
                    format!("never started: waited for {}", row.needs.join(", "))
                }
                Phase::Init => format!("waits for {}", row.needs.join(", ")),
                Phase::Close => "not begun".to_owned(),
            }),
            Some(Outcome::Well) => {}
            Some(Outcome::Running) => words.push("NOT ENDED".to_owned()),
            Some(Outcome::Cancelled) => words.push("given up".to_owned()),
            Some(Outcome::Lost) => words.push("LOST".to_owned()),
            Some(Outcome::Failed(_)) if self.root.fails_by_a_part(at, self.phase) => {
                words.push("failed by a part".to_owned());
            }
            Some(Outcome::Failed(cause)) => words.push(format!("FAILED: {cause}")),
        }
        match (self.phase, &row.init) {
            (Phase::Init, Some(init)) => {
                words.extend(attempts(row));
                let took = rollback(row, init);
                words.extend(took.map(|took| format!("rolled back in {}", Short(took))));
            }
            (Phase::Close, _) if row.in_background => words.push("in the background".to_owned()),
            _ => {}
        }
        match words.join(", ") {
            words if words.is_empty() => words,
            words => format!("  {words}"),
        }
    }
}

fn attempts(row: &Row) -> Option<String> {
    match row.failed_attempts {
        0 => None,
        1 => Some("1 failed attempt".to_owned()),
        n => Some(format!("{n} failed attempts")),
    }
}
