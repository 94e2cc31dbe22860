//! Boxes in frames, and arrows between them, in the languages that draw such.

use std::collections::BTreeSet;
use std::fmt::{self, Write};

/// One frame or box, with all that is in it.
#[derive(Default)]
pub(crate) struct Picture {
    pub(crate) root: Node,
    ids: BTreeSet<String>,
}

/// A box, or a frame if something is in it.
#[derive(Default)]
pub(crate) struct Node {
    pub(crate) id: String,
    label: String,
    shape: Shape,
    pub(crate) is_dashed: bool,
    pub(crate) inner: Vec<Node>,
    /// From one inner node to another.
    pub(crate) arrows: Vec<[usize; 2]>,
}

/// That of a box.
#[derive(Clone, Copy, Default)]
pub(crate) enum Shape {
    #[default]
    Box,
    Slanted,
    Round,
}

impl Node {
    pub(crate) fn new(id: String, label: String, shape: Shape) -> Self {
        Self {
            id,
            label,
            shape,
            ..Self::default()
        }
    }

    fn has_dashed(&self) -> bool {
        self.is_dashed || self.inner.iter().any(Self::has_dashed)
    }

    /// The box at an end of a frame.
    fn end(&self, of: fn(&[Node]) -> Option<&Node>) -> &Node {
        of(&self.inner).map_or(self, |inner| inner.end(of))
    }
}

impl Picture {
    /// One that no other node has, and that each language takes as it is. A path, so that it stays when others come.
    pub(crate) fn id(&mut self, parent: &str, name: &str) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
        let mut id: String = name.chars().map(plain).collect();
        if !parent.is_empty() {
            id = format!("{parent}_{id}");
        }
        let mut numbered = id.clone();
        let mut number = 1;
        while !self.ids.insert(numbered.clone()) {
            number += 1;
            numbered = format!("{id}_{number}");
        }
        numbered
    }

    /// In Mermaid's.
    pub(crate) fn to_mermaid(&self) -> String {
        let mut text = Text::default();
        text.line(format_args!("flowchart LR"));
        text.within(|text| {
            mermaid(&self.root, text);
            if self.root.has_dashed() {
                text.line(format_args!("classDef shared stroke-dasharray: 4"));
            }
        });
        text.written
    }

    /// In Graphviz's.
    pub(crate) fn to_dot(&self) -> String {
        let mut text = Text::default();
        text.line(format_args!("digraph \"{}\" {{", self.root.id));
        text.within(|text| {
            text.line(format_args!("rankdir=LR;"));
            text.line(format_args!("compound=true;"));
            text.line(format_args!("node [shape=box];"));
            dot(&self.root, text);
        });
        text.line(format_args!("}}"));
        text.written
    }
}

fn mermaid(node: &Node, text: &mut Text) {
    let Node { id, inner, .. } = node;
    let label = in_mermaid(&node.label);
    if inner.is_empty() {
        let (open, close) = match node.shape {
            Shape::Box => ("[", "]"),
            Shape::Slanted => ("[/", "/]"),
            Shape::Round => ("(", ")"),
        };
        let class = if node.is_dashed { ":::shared" } else { "" };
        text.line(format_args!("{id}{open}\"{label}\"{close}{class}"));
        return;
    }
    text.line(format_args!("subgraph {id}[\"{label}\"]"));
    text.within(|text| {
        for node in inner {
            mermaid(node, text);
        }
        for [from, to] in &node.arrows {
            text.line(format_args!("{} --> {}", inner[*from].id, inner[*to].id));
        }
    });
    text.line(format_args!("end"));
}

/// In a quoted label, entities have a `#` for the `&`.
fn in_mermaid(label: &str) -> String {
    let mut escaped = String::new();
    for c in label.chars() {
        match c {
            '#' | '&' | '"' | '<' | '>' | '`' | '\\' => {
                let code = u32::from(c);
                write!(escaped, "#{code};").expect("a `String` can be written to");
            }
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

fn dot(node: &Node, text: &mut Text) {
    let Node { id, inner, .. } = node;
    let label = in_dot(&node.label);
    if inner.is_empty() {
        let shape = match (node.shape, node.is_dashed) {
            (Shape::Box, false) => "",
            (Shape::Box, true) => ", style=dashed",
            (Shape::Slanted, false) => ", shape=parallelogram",
            (Shape::Slanted, true) => ", shape=parallelogram, style=dashed",
            (Shape::Round, false) => ", style=rounded",
            (Shape::Round, true) => ", style=\"rounded,dashed\"",
        };
        text.line(format_args!("\"{id}\" [label=\"{label}\"{shape}];"));
        return;
    }
    text.line(format_args!("subgraph \"cluster_{id}\" {{"));
    text.within(|text| {
        text.line(format_args!("label=\"{label}\";"));
        for node in inner {
            dot(node, text);
        }
        for [from, to] in &node.arrows {
            text.line(format_args!("{}", dot_arrow(&inner[*from], &inner[*to])));
        }
    });
    text.line(format_args!("}}"));
}

/// From box to box, cut off at the frames: there are no arrows between frames.
fn dot_arrow(from: &Node, to: &Node) -> String {
    let cut = |end: &str, node: &Node| {
        let frame = !node.inner.is_empty();
        frame.then(|| format!("{end}=\"cluster_{}\"", node.id))
    };
    let cuts: Vec<_> = [cut("ltail", from), cut("lhead", to)]
        .into_iter()
        .flatten()
        .collect();
    let cuts = if cuts.is_empty() {
        String::new()
    } else {
        format!(" [{}]", cuts.join(", "))
    };
    let (last, first) = (from.end(<[Node]>::last), to.end(<[Node]>::first));
    format!("\"{}\" -> \"{}\"{cuts};", last.id, first.id)
}

fn in_dot(label: &str) -> String {
    let mut escaped = String::new();
    for c in label.chars() {
        match c {
            '\\' | '"' => escaped.extend(['\\', c]),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Lines, each as far in as its frame.
#[derive(Default)]
struct Text {
    written: String,
    depth: usize,
}

impl Text {
    fn line(&mut self, line: fmt::Arguments<'_>) {
        let indent = self.depth * 4;
        writeln!(self.written, "{:indent$}{line}", "").expect("a `String` can be written to");
    }

    fn within(&mut self, lines: impl FnOnce(&mut Self)) {
        self.depth += 1;
        lines(self);
        self.depth -= 1;
    }
}
