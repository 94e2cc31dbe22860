use std::fmt::{self, Write};

use crate::islands::assembly::made::Wiring;

/// What an [`Assembly`](super::Assembly) is going to be.
#[derive(Clone)]
pub struct Blueprint {
    parts: Vec<Part>,
}

/// A part in a [`Blueprint`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    name: &'static str,
    object: &'static str,
    needs: Vec<usize>,
}

impl Part {
    /// As it was added.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The name of its type.
    #[must_use]
    pub fn object(&self) -> &'static str {
        self.object
    }

    /// The places of the parts that it needs, in order of addition.
    #[must_use]
    pub fn needs(&self) -> &[usize] {
        &self.needs
    }
}

impl Blueprint {
    pub(super) fn of(wiring: &Wiring) -> Self {
        let parts = wiring
            .names
            .iter()
            .copied()
            .zip(&wiring.objects)
            .zip(&wiring.needs);
        let parts = parts.map(|((name, object), needs)| Part {
            name,
            object: object().name(),
            needs: needs.clone(),
        });
        Self {
            parts: parts.collect(),
        }
    }

    /// The name of what it becomes, with which errors begin.
    #[must_use]
    pub fn name(&self) -> &'static str {
        "Assembled"
    }

    /// In order of addition.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// As a flow chart in Mermaid's language, from what is needed to what needs it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::assembly::Assembly;
    /// # use aobject::{AObject, Shared};
    /// # #[derive(AObject)]
    /// # struct Db;
    /// # #[derive(AObject)]
    /// # struct Index { db: Shared<Db> }
    /// let mut app = Assembly::new();
    /// let db = app.add("db", (), |()| Db::new());
    /// app.add("index", db, Index::new);
    /// assert_eq!(
    ///     app.blueprint().to_mermaid(),
    ///     "flowchart LR\n    \
    ///          p0[\"db: Db\"]\n    \
    ///          p1[\"index: Index\"]\n    \
    ///          p0 --> p1\n"
    /// );
    /// ```
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        let node = |at: usize, label: &str| {
            let label = label.replace('&', "#amp;").replace('"', "#quot;");
            format!("p{at}[\"{label}\"]")
        };
        self.drawn("flowchart LR\n", node, "-->", "")
    }

    /// As a graph in Graphviz's language.
    #[must_use]
    pub fn to_dot(&self) -> String {
        let node = |at: usize, label: &str| {
            let label = label.replace('\\', "\\\\").replace('"', "\\\"");
            format!("p{at} [label=\"{label}\"];")
        };
        let begin = "digraph Assembled {\n    rankdir=LR;\n    node [shape=box];\n";
        self.drawn(begin, node, "->", ";") + "}\n"
    }

    fn drawn(
        &self,
        begin: &str,
        node: impl Fn(usize, &str) -> String,
        arrow: &str,
        end: &str,
    ) -> String {
        let mut text = begin.to_owned();
        let mut line = |of: fmt::Arguments<'_>| {
            writeln!(text, "    {of}").expect("a `String` can be written to");
        };
        for (at, Part { name, object, .. }) in self.parts.iter().enumerate() {
            let label = format!("{name}: {object}");
            line(format_args!("{}", node(at, &label)));
        }
        for (at, part) in self.parts.iter().enumerate() {
            for need in &part.needs {
                line(format_args!("p{need} {arrow} p{at}{end}"));
            }
        }
        text
    }
}

impl fmt::Debug for Blueprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = self.parts.iter().map(|part| {
            let needs = part.needs.iter().map(|need| self.parts[*need].name());
            (part.name(), needs.collect::<Vec<_>>())
        });
        f.debug_map().entries(parts).finish()
    }
}
