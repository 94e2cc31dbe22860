//! The trace event format of Chrome and Perfetto: a virtual thread for each row.

use std::fmt::Write;
use std::time::Duration;

use tokio::time::Instant;

use crate::ground::error::Phase;
use crate::islands::timeline::critical::{self, Link};
use crate::islands::timeline::model::Model;
use crate::islands::timeline::root::Root;
use crate::islands::timeline::row::{Outcome, Row};

pub(super) fn trace(model: &Model, now: Instant) -> String {
    let spans = model.roots().filter_map(|root| root.span(now));
    let mut trace = Trace {
        events: Vec::new(),
        start: spans.map(|(since, _)| since).min().unwrap_or(now),
        now,
        flows: 0,
    };
    let mut first = 1;
    for root in model.roots() {
        trace.add_root(root, first);
        first += root.rows.len();
    }
    let events = trace.events.join(",\n");
    format!("{{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n{events}\n]}}\n")
}

struct Trace {
    events: Vec<String>,
    start: Instant,
    now: Instant,
    flows: usize,
}

impl Trace {
    /// `first` is the thread of its first row.
    fn add_root(&mut self, root: &Root, first: usize) {
        for (order, at) in root.in_order().into_iter().enumerate() {
            let (row, thread) = (&root.rows[at], first + at);
            let name = quoted(&row.path);
            self.events.push(format!(
                r#"{{"ph":"M","pid":1,"tid":{thread},"name":"thread_name","args":{{"name":{name}}}}}"#
            ));
            self.events.push(format!(
                r#"{{"ph":"M","pid":1,"tid":{thread},"name":"thread_sort_index","args":{{"sort_index":{}}}}}"#,
                first + order
            ));
            self.add_row(row, thread);
        }
        for phase in [Phase::Init, Phase::Close] {
            let links = critical::links(root, phase, self.now);
            for pair in links.windows(2) {
                self.add_flow(&pair[0], &pair[1], first);
            }
        }
    }

    /// Its slices, one after the other.
    fn add_row(&mut self, row: &Row, thread: usize) {
        let init = row.init.as_ref();
        let mut slices = Vec::new();
        let until = init.map_or(self.now, |init| init.since);
        slices.extend(row.waits_since.map(|since| ("waiting", since, until, None)));
        slices.extend(init.map(|act| ("init", act.since, act.until_or(self.now), Some(act))));
        let rollback = init.and_then(|init| Some((init.until?, row.rolled_back?)));
        slices.extend(rollback.map(|(since, until)| ("rollback", since, until, None)));
        let close = row.close.as_ref();
        let until = close.map_or(self.now, |close| close.since);
        slices.extend(
            row.close_waits_since
                .map(|since| ("waiting", since, until, None)),
        );
        slices.extend(close.map(|act| ("close", act.since, act.until_or(self.now), Some(act))));
        let mut free = self.start;
        for (name, since, until, act) in slices {
            let since = since.max(free);
            let until = until.max(since);
            free = until;
            let outcome = act.map(|act| outcome_of(&act.outcome)).unwrap_or_default();
            let (since, took) = (self.micros(since), micros(until.duration_since(since)));
            self.events.push(format!(
                r#"{{"ph":"X","pid":1,"tid":{thread},"cat":"aobject","name":"{name}","ts":{since},"dur":{took},"args":{{"path":{},"object":{},"outcome":{}}}}}"#,
                quoted(&row.path),
                row.object.map_or_else(|| "null".to_owned(), quoted),
                quoted(&outcome),
            ));
        }
    }

    /// An arrow from one link of the critical chain to the next.
    fn add_flow(&mut self, from: &Link, to: &Link, first: usize) {
        self.flows += 1;
        let id = self.flows;
        // A flow binds to the slice around its moment, whose end is not inside.
        let end = from.until - Duration::from_nanos(1);
        for (step, moment, row) in [
            ("s", end.max(from.since), from.row),
            ("f", to.since, to.row),
        ] {
            let (moment, thread) = (self.micros(moment), first + row);
            let binding = if step == "f" { r#","bp":"e""# } else { "" };
            self.events.push(format!(
                r#"{{"ph":"{step}","pid":1,"tid":{thread},"cat":"critical","name":"critical","id":{id},"ts":{moment}{binding}}}"#
            ));
        }
    }

    fn micros(&self, moment: Instant) -> String {
        micros(moment.saturating_duration_since(self.start))
    }
}

fn micros(time: Duration) -> String {
    format!("{}.{:03}", time.as_micros(), time.subsec_nanos() % 1_000)
}

fn outcome_of(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Running => "not ended".to_owned(),
        Outcome::Well => "well".to_owned(),
        Outcome::Cancelled => "cancelled".to_owned(),
        Outcome::Failed(cause) => format!("failed: {cause}"),
        Outcome::Lost => "lost".to_owned(),
    }
}

/// A string of JSON.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            // Writing to a `String` does not fail.
            control if control < ' ' => drop(write!(quoted, "\\u{:04x}", u32::from(control))),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}
