//! A timeline as a picture: one file without a script, for light and dark.

use std::fmt::{self, Write};

use tokio::time::Instant;

use crate::ground::error::Phase;
use crate::islands::timeline::critical::links;
use crate::islands::timeline::duration::Short;
use crate::islands::timeline::model::Model;
use crate::islands::timeline::root::Root;
use crate::islands::timeline::svg::bars::{Bar, Chains, bars, name_class};
use crate::islands::timeline::svg::escape::Escaped;
use crate::islands::timeline::svg::scale::Scale;
use crate::islands::timeline::text;

mod bars;
mod escape;
mod scale;

const WIDTH: f64 = 1100.0;
const MARGIN: f64 = 10.0;
/// Above the rows: title, legend, axis.
const HEAD: f64 = 82.0;
/// Room at the right for the last label.
const LABEL: f64 = 90.0;
const INDENT: f64 = 14.0;
/// Of one character.
const LETTER: f64 = 7.25;
/// Names take no more than this.
const NAMES: f64 = 360.0;

/// The meaning of each class, in the legend's order.
const LEGEND: [(&str, &str); 10] = [
    ("wait", "waiting"),
    ("init-critical", "start, critical"),
    ("init", "start"),
    ("fail", "failed"),
    ("fail-part", "failed by a part"),
    ("given-up", "given up"),
    ("back", "rollback"),
    ("run", "not ended"),
    ("close-critical", "close, critical"),
    ("close", "close"),
];

pub(super) fn picture(model: &Model, title: &str, now: Instant) -> String {
    let mut svg = String::new();
    let picture = Picture::of(model, now);
    picture
        .write(&mut svg, title)
        .expect("a `String` takes everything");
    svg
}

struct Picture<'a> {
    /// From top to bottom: a root and one of its rows.
    lines: Vec<(&'a Root, usize)>,
    roots: Vec<(&'a Root, Chains)>,
    names: f64,
    row_height: f64,
    scale: Scale,
    now: Instant,
}

impl<'a> Picture<'a> {
    fn of(model: &'a Model, now: Instant) -> Self {
        let chains =
            |root| [Phase::Init, Phase::Close].map(|phase| (phase, links(root, phase, now)));
        let rows = model
            .roots()
            .flat_map(|root| root.in_order().into_iter().map(move |at| (root, at)));
        let lines: Vec<_> = rows.collect();
        let width_of =
            |(root, at): &(&Root, usize)| indent(root, *at) + width(&root.rows[*at].name);
        let names = lines.iter().map(width_of).fold(60.0, f64::max).min(NAMES) + 16.0;
        Self {
            row_height: if lines.len() > 60 { 17.0 } else { 22.0 },
            scale: Scale::of(model, now, MARGIN + names, WIDTH - LABEL),
            lines,
            roots: model.roots().map(|root| (root, chains(root))).collect(),
            names,
            now,
        }
    }

    fn bottom(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "rows on one picture")]
        let rows = self.lines.len() as f64;
        HEAD + rows * self.row_height
    }

    /// The middle of a line.
    fn y(&self, line: usize) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "rows on one picture")]
        let line = line as f64;
        HEAD + (line + 0.5) * self.row_height
    }

    fn write(&self, svg: &mut String, title: &str) -> fmt::Result {
        let height = self.bottom() + if self.has_axis_below() { 28.0 } else { 10.0 };
        let of_root = |(root, chains): &(&Root, Chains)| -> Vec<Vec<Bar>> {
            let order = root.in_order().into_iter();
            order.map(|at| bars(root, at, chains, self.now)).collect()
        };
        let bars: Vec<Vec<Bar>> = self.roots.iter().flat_map(of_root).collect();
        writeln!(
            svg,
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">"#
        )?;
        writeln!(svg, "<title>{}</title>", Escaped(title))?;
        writeln!(svg, "<style>\n{}</style>", include_str!("svg/style.css"))?;
        svg.write_str(concat!(
            r#"<defs><pattern id="back" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">"#,
            r#"<line class="back-line" x1="0" y1="0" x2="0" y2="6"/></pattern>"#,
            r#"<pattern id="run" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">"#,
            r#"<line class="run-line" x1="0" y1="0" x2="0" y2="6"/></pattern></defs>"#,
            "\n"
        ))?;
        writeln!(
            svg,
            r#"<rect class="bg" width="{WIDTH}" height="{height}"/>"#
        )?;
        let fitting = shortened(title, WIDTH - 2.0 * MARGIN, 8.5);
        writeln!(
            svg,
            r#"<text class="title" x="{MARGIN}" y="24">{}</text>"#,
            Escaped(&fitting)
        )?;
        Self::write_legend(svg, &bars)?;
        self.write_background(svg)?;
        for (line, (root, at)) in self.lines.iter().enumerate() {
            self.write_name(svg, root, *at, line)?;
        }
        for (line, bars) in bars.iter().enumerate() {
            self.write_bars(svg, bars, line)?;
        }
        self.write_chains(svg)?;
        for (line, bars) in bars.iter().enumerate() {
            self.write_labels(svg, bars, line)?;
        }
        svg.write_str("</svg>\n")
    }

    fn has_axis_below(&self) -> bool {
        self.lines.len() > 30
    }

    /// Only what is on the picture.
    fn write_legend(svg: &mut String, bars: &[Vec<Bar>]) -> fmt::Result {
        let mut x = MARGIN;
        for (class, words) in LEGEND {
            if !bars.iter().flatten().any(|bar| bar.class == class) {
                continue;
            }
            writeln!(
                svg,
                r#"<rect class="{class}" x="{x:.1}" y="37.5" width="16" height="10" rx="2"/><text class="muted" x="{:.1}" y="47">{words}</text>"#,
                x + 21.0
            )?;
            x += 21.0 + width(words) + 16.0;
        }
        Ok(())
    }

    fn write_background(&self, svg: &mut String) -> fmt::Result {
        for line in (1..self.lines.len()).step_by(2) {
            let (y, height) = (self.y(line) - self.row_height / 2.0, self.row_height);
            writeln!(
                svg,
                r#"<rect class="zebra" y="{y:.1}" width="{WIDTH}" height="{height}"/>"#
            )?;
        }
        let (top, bottom) = (HEAD, self.bottom());
        for piece in &self.scale.pieces {
            for tick in piece.ticks() {
                let x = piece.x(piece.since + tick);
                writeln!(
                    svg,
                    r#"<line class="grid" x1="{x:.1}" y1="{top}" x2="{x:.1}" y2="{bottom}"/>"#
                )?;
                let axes = [
                    Some(top - 6.0),
                    self.has_axis_below().then_some(bottom + 16.0),
                ];
                for y in axes.into_iter().flatten() {
                    writeln!(
                        svg,
                        r#"<text class="muted" x="{x:.1}" y="{y:.1}" text-anchor="middle">{}</text>"#,
                        Short(tick)
                    )?;
                }
            }
        }
        for pair in self.scale.pieces.windows(2) {
            let x = f64::midpoint(pair[0].right, pair[1].left);
            let gap = Short(pair[1].since.saturating_duration_since(pair[0].until));
            writeln!(
                svg,
                r#"<text class="muted" x="{x:.1}" y="{:.1}" text-anchor="middle">⋯ {gap} ⋯</text>"#,
                top - 22.0
            )?;
        }
        Ok(())
    }

    fn write_name(&self, svg: &mut String, root: &Root, at: usize, line: usize) -> fmt::Result {
        let row = &root.rows[at];
        let x = MARGIN + indent(root, at);
        let name = shortened(&row.name, MARGIN + self.names - 10.0 - x, LETTER);
        let hint = match row.object {
            Some(object) => format!("{}: {object}", row.path),
            None => row.path.clone(),
        };
        let hint = if at == 0 {
            text::line(root, self.now)
        } else {
            hint
        };
        writeln!(
            svg,
            r#"<text class="{}" x="{x:.1}" y="{:.1}">{}<title>{}</title></text>"#,
            name_class(root, at),
            self.y(line) + 4.0,
            Escaped(&name),
            Escaped(&hint)
        )
    }

    fn write_bars(&self, svg: &mut String, bars: &[Bar], line: usize) -> fmt::Result {
        for bar in bars {
            let (from, to) = (self.scale.x(bar.since), self.scale.x(bar.until));
            // What took no time is still to be seen.
            let width = (to - from).max(1.5);
            let height = if bar.is_thick { 12.0 } else { 6.0 };
            writeln!(
                svg,
                r#"<rect class="{}" x="{from:.1}" y="{:.1}" width="{width:.1}" height="{height}" rx="2"><title>{}</title></rect>"#,
                bar.class,
                self.y(line) - height / 2.0,
                Escaped(&bar.hint)
            )?;
            if bar.class == "fail" {
                let y = self.y(line);
                writeln!(
                    svg,
                    r#"<path class="mark" d="M{:.1} {:.1}l8 8m0 -8l-8 8"/>"#,
                    to + 4.0,
                    y - 4.0
                )?;
            }
        }
        Ok(())
    }

    /// Where there is room.
    fn write_labels(&self, svg: &mut String, bars: &[Bar], line: usize) -> fmt::Result {
        for (at, bar) in bars.iter().enumerate() {
            let (Some(label), end) = (&bar.label, self.scale.x(bar.until)) else {
                continue;
            };
            let x = end + if bar.class == "fail" { 17.0 } else { 5.0 };
            let mut next = bars[at + 1..].iter().filter(|next| next.since >= bar.until);
            let room = next.next().map_or(WIDTH, |next| self.scale.x(next.since)) - x;
            let class = if bar.class == "fail" { "bad" } else { "muted" };
            let label = shortened(label, room, LETTER);
            if room > 40.0 {
                let y = self.y(line) + 4.0;
                writeln!(
                    svg,
                    r#"<text class="{class}" x="{x:.1}" y="{y:.1}">{}</text>"#,
                    Escaped(&label)
                )?;
            }
        }
        Ok(())
    }

    /// Arrows from each link of a critical chain to the next.
    fn write_chains(&self, svg: &mut String) -> fmt::Result {
        let mut first = 0;
        for (root, chains) in &self.roots {
            let mut line_of = vec![0; root.rows.len()];
            for (line, at) in root.in_order().into_iter().enumerate() {
                line_of[at] = first + line;
            }
            for (_, links) in chains {
                for pair in links.windows(2) {
                    let lines = (line_of[pair[0].row], line_of[pair[1].row]);
                    self.write_arrow(svg, self.scale.x(pair[1].since), lines)?;
                }
            }
            first += root.rows.len();
        }
        Ok(())
    }

    fn write_arrow(&self, svg: &mut String, x: f64, lines: (usize, usize)) -> fmt::Result {
        let (from, to) = lines;
        if from == to {
            return Ok(());
        }
        let down = if from < to { 1.0 } else { -1.0 };
        let (from, to) = (self.y(from) + 6.0 * down, self.y(to) - 6.0 * down);
        writeln!(
            svg,
            r#"<path class="chain" d="M{x:.1} {from:.1}V{:.1}"/><path class="head" d="M{x:.1} {to:.1}l-3.5 {:.1}h7z"/>"#,
            to - 5.0 * down,
            -6.0 * down
        )
    }
}

fn indent(root: &Root, at: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "objects nest a few levels deep")]
    let depth = root.rows[at].depth as f64;
    depth * INDENT
}

fn width(text: &str) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a line of text")]
    let letters = text.chars().count() as f64;
    letters * LETTER
}

/// The text, or as much of it as there is room for.
fn shortened(text: &str, room: f64, letter: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "letters of a line"
    )]
    let letters = (room.max(0.0) / letter) as usize;
    if text.chars().count() <= letters {
        return text.to_owned();
    }
    text.chars()
        .take(letters.saturating_sub(1))
        .chain(['…'])
        .collect()
}
