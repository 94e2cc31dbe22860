//! What a row draws.

use tokio::time::Instant;

use crate::ground::error::Phase;
use crate::islands::timeline::critical::Link;
use crate::islands::timeline::duration::Short;
use crate::islands::timeline::root::Root;
use crate::islands::timeline::row::{Act, Outcome, Row};

/// The critical chains of a root.
pub(super) type Chains = [(Phase, Vec<Link>); 2];

pub(super) struct Bar {
    pub(super) class: &'static str,
    pub(super) since: Instant,
    pub(super) until: Instant,
    /// A row without parts.
    pub(super) is_thick: bool,
    pub(super) hint: String,
    pub(super) label: Option<String>,
}

/// In order of time; the critical ones above what they are a part of.
pub(super) fn bars(root: &Root, at: usize, chains: &Chains, now: Instant) -> Vec<Bar> {
    let row = &root.rows[at];
    let mut bars = Vec::new();
    for (phase, links) in chains {
        let phase = *phase;
        let act = row.act(phase);
        if let Some(since) = row.waits_since(phase) {
            let given_up = root.rows[0].act(phase).map_or(now, |act| act.until_or(now));
            let until = act.map_or(given_up, |act| act.since).max(since);
            // A close that takes its turn at once did not wait.
            if since < until {
                bars.push(bar(row, "wait", (since, until), waiting(row)));
            }
        }
        let Some(act) = act else {
            continue;
        };
        let span = (act.since, act.until_or(now));
        let class = class_of(root, at, phase, act);
        let hint = format!("{} {phase}: {}", row.path, Short(act.took(now)));
        bars.push(Bar {
            label: Some(label(root, at, phase, now)),
            ..bar(row, class, span, hint)
        });
        if matches!(class, "init" | "close") {
            let strong = if class == "init" {
                "init-critical"
            } else {
                "close-critical"
            };
            for link in links.iter().filter(|link| link.row == at) {
                let took = Short(link.until.saturating_duration_since(link.since));
                let hint = format!("{}: {took} of the critical chain", row.path);
                bars.push(bar(row, strong, (link.since, link.until), hint));
            }
        }
        if let (Phase::Init, Some(until)) = (phase, row.rolled_back) {
            let hint = format!("{}: rollback", row.path);
            bars.push(bar(row, "back", (span.1, until.max(span.1)), hint));
        }
    }
    bars
}

fn bar(row: &Row, class: &'static str, (since, until): (Instant, Instant), hint: String) -> Bar {
    Bar {
        class,
        since,
        until,
        is_thick: row.parts.is_empty(),
        hint,
        label: None,
    }
}

fn waiting(row: &Row) -> String {
    match row.needs.join(", ") {
        needs if needs.is_empty() => format!("{} waits", row.path),
        needs => format!("{} waits for {needs}", row.path),
    }
}

fn class_of(root: &Root, at: usize, phase: Phase, act: &Act) -> &'static str {
    match (&act.outcome, phase) {
        (Outcome::Running, _) => "run",
        (Outcome::Failed(_) | Outcome::Lost, _) if root.fails_by_a_part(at, phase) => "fail-part",
        (Outcome::Failed(_) | Outcome::Lost, _) => "fail",
        (Outcome::Cancelled, _) => "given-up",
        (Outcome::Well, Phase::Init) => "init",
        (Outcome::Well, Phase::Close) => "close",
    }
}

fn label(root: &Root, at: usize, phase: Phase, now: Instant) -> String {
    match root.rows[at].act(phase) {
        None => String::new(),
        Some(act) => match &act.outcome {
            Outcome::Failed(cause) if !root.fails_by_a_part(at, phase) => cause.clone(),
            Outcome::Lost => "lost".to_owned(),
            _ => Short(act.took(now)).to_string(),
        },
    }
}

pub(super) fn name_class(root: &Root, at: usize) -> &'static str {
    let row = &root.rows[at];
    let fails = |act: Option<&Act>| act.is_some_and(Act::has_failed);
    match at {
        _ if fails(row.init.as_ref()) || fails(row.close.as_ref()) => "bad",
        0 => "strong",
        _ => "",
    }
}
