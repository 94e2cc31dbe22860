//! Where a moment stands on the picture: time in which nothing happens is cut out.

use std::time::Duration;

use tokio::time::Instant;

use crate::ground::error::Phase;
use crate::islands::timeline::model::Model;
use crate::islands::timeline::row::Row;

/// The width of a cut.
const CUT: f64 = 70.0;
/// So many cuts at most.
const CUTS: usize = 6;

pub(super) struct Scale {
    pub(super) pieces: Vec<Piece>,
}

/// A stretch of time without a cut.
pub(super) struct Piece {
    pub(super) since: Instant,
    pub(super) until: Instant,
    pub(super) left: f64,
    pub(super) right: f64,
}

impl Scale {
    /// Spreads what the roots did between two edges.
    pub(super) fn of(model: &Model, now: Instant, left: f64, right: f64) -> Self {
        let rows = model.roots().flat_map(|root| &root.rows);
        let spans = cut(merged(rows.flat_map(|row| busy(row, now)).collect()));
        let whole: Duration = spans.iter().map(|(since, until)| *until - *since).sum();
        let cuts = spans.len().saturating_sub(1);
        #[expect(clippy::cast_precision_loss, reason = "at most `CUTS`")]
        let room = right - left - CUT * cuts as f64;
        // Each piece has room for a label, the rest is shared by time.
        #[expect(clippy::cast_precision_loss, reason = "at most `CUTS`")]
        let least = (room * 0.4 / (cuts + 1) as f64).min(60.0);
        #[expect(clippy::cast_precision_loss, reason = "at most `CUTS`")]
        let shared = room - least * (cuts + 1) as f64;
        let mut at = left;
        let pieces = spans.into_iter().map(|(since, until)| {
            let share = match whole.as_secs_f64() {
                0.0 => 1.0,
                whole => (until - since).as_secs_f64() / whole,
            };
            let (from, to) = (at, at + least + shared * share);
            at = to + CUT;
            Piece {
                since,
                until,
                left: from,
                right: to,
            }
        });
        Self {
            pieces: pieces.collect(),
        }
    }

    pub(super) fn x(&self, moment: Instant) -> f64 {
        let after = self.pieces.partition_point(|piece| piece.since <= moment);
        self.pieces
            .get(after.saturating_sub(1))
            .map_or(0.0, |piece| piece.x(moment))
    }
}

impl Piece {
    pub(super) fn x(&self, moment: Instant) -> f64 {
        let whole = (self.until - self.since).as_secs_f64();
        if whole == 0.0 {
            return self.left;
        }
        let part = moment.saturating_duration_since(self.since).as_secs_f64();
        self.left + (self.right - self.left) * (part / whole).min(1.0)
    }

    /// Round moments, counted from its begin.
    pub(super) fn ticks(&self) -> Vec<Duration> {
        let whole = self.until - self.since;
        if whole.is_zero() {
            return vec![whole];
        }
        let most = ((self.right - self.left) / 90.0).max(1.0);
        let step = round_up(whole.as_secs_f64() / most);
        let ticks = (0..=20u32).map(|tick| step * tick);
        ticks.take_while(|tick| *tick <= whole).collect()
    }
}

/// The next of 1, 2, 5, 10, 20, 50 and so on nanoseconds.
fn round_up(seconds: f64) -> Duration {
    let mut decade = Duration::from_nanos(1);
    loop {
        let fits = [1, 2, 5].map(|times| decade * times).into_iter();
        if let Some(step) = fits.into_iter().find(|step| step.as_secs_f64() >= seconds) {
            return step;
        }
        decade *= 10;
    }
}

type Span = (Instant, Instant);

fn busy(row: &Row, now: Instant) -> Vec<Span> {
    let mut spans = Vec::new();
    for phase in [Phase::Init, Phase::Close] {
        let act = row.act(phase);
        let waits = row.waits_since(phase);
        spans.extend(waits.map(|since| (since, act.map_or(since, |act| act.since))));
        spans.extend(act.map(|act| (act.since, act.until_or(now))));
    }
    let failed = row.init.as_ref().and_then(|init| init.until);
    spans.extend(failed.zip(row.rolled_back));
    spans
}

fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::new();
    for (since, until) in spans {
        match merged.last_mut() {
            Some((_, end)) if since <= *end => *end = until.max(*end),
            _ => merged.push((since, until)),
        }
    }
    merged
}

/// Leaves the longest gaps between spans, and closes the others.
fn cut(spans: Vec<Span>) -> Vec<Span> {
    let busy: Duration = spans.iter().map(|(since, until)| *until - *since).sum();
    let mut gaps: Vec<Duration> = spans.windows(2).map(|pair| pair[1].0 - pair[0].1).collect();
    gaps.sort_unstable_by(|a, b| b.cmp(a));
    let least = gaps.get(CUTS).copied().unwrap_or_default().max(busy / 4);
    let mut kept: Vec<Span> = Vec::new();
    for (since, until) in spans {
        match kept.last_mut() {
            Some((_, end)) if since - *end <= least => *end = until,
            _ => kept.push((since, until)),
        }
    }
    kept
}
