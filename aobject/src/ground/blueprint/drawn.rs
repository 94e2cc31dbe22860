//! A blueprint as a picture: a frame for each object with fields, and in it a box for each field that holds none.

use crate::ground::blueprint::{Blueprint, Field, Held, Made};
use crate::ground::picture::{Node, Picture, Shape};

impl Blueprint {
    /// As a flow chart in Mermaid's language, which GitHub and GitLab draw: from what is needed to what needs it, with the
    /// objects in the fields.
    ///
    /// Arguments are slanted, defaults are rounded, and what others may own is dashed. The fields of a shared object are
    /// drawn once, where it is nearest to the root; those of a type in itself are not drawn again. For an example, see the
    /// [type](Self).
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        self.picture().to_mermaid()
    }

    /// As a graph in Graphviz's language, like [`to_mermaid`](Self::to_mermaid).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use aobject::AObject;
    /// # #[derive(AObject)]
    /// # struct App;
    /// std::fs::write("app.dot", App::blueprint().to_dot())?; // then: dot -Tsvg app.dot
    /// # Ok::<_, std::io::Error>(())
    /// ```
    #[must_use]
    pub fn to_dot(&self) -> String {
        self.picture().to_dot()
    }

    fn picture(&self) -> Picture {
        Drawing::within(vec![type_of(*self)]).drawn(self.name(), &items(*self))
    }
}

/// A part of an object: a field, or a part of an assembly.
pub(crate) struct Item<'a> {
    pub(crate) name: &'a str,
    pub(crate) made: Made,
    pub(crate) options: &'a [&'a str],
    pub(crate) objects: Vec<Held>,
    /// The places of what it needs.
    pub(crate) needs: Vec<usize>,
}

/// Of what is no type: an assembly.
pub(crate) fn picture(name: &str, items: &[Item<'_>]) -> Picture {
    Drawing::within(Vec::new()).drawn(name, items)
}

fn items(object: Blueprint) -> Vec<Item<'static>> {
    let fields = object.fields();
    let place = |name: &&str| fields.iter().position(|field| field.name() == *name);
    let item = |field: &'static Field| Item {
        name: field.name(),
        made: field.made(),
        options: field.options(),
        objects: field.objects(),
        needs: field.needs().iter().filter_map(place).collect(),
    };
    fields.iter().map(item).collect()
}

/// Types of one name differ in their fields.
type Type = (&'static str, *const Field);

fn type_of(object: Blueprint) -> Type {
    (object.name(), object.fields().as_ptr())
}

struct Drawing {
    picture: Picture,
    /// The types of the frames around.
    around: Vec<Type>,
    /// All types with a frame.
    drawn: Vec<Type>,
}

impl Drawing {
    fn within(around: Vec<Type>) -> Self {
        Self {
            picture: Picture::default(),
            drawn: around.clone(),
            around,
        }
    }

    fn drawn(mut self, name: &str, items: &[Item<'_>]) -> Picture {
        let mut root = self.node("", name, name.to_owned(), Made::Init);
        self.fill(&mut root, items);
        self.picture.root = root;
        self.picture
    }

    fn node(&mut self, parent: &str, name: &str, label: String, made: Made) -> Node {
        let shape = match made {
            Made::Argument => Shape::Slanted,
            Made::Constructor => Shape::Round,
            Made::Init => Shape::Box,
        };
        Node::new(self.picture.id(parent, name), label, shape)
    }

    fn fill(&mut self, node: &mut Node, items: &[Item<'_>]) {
        // All of them before any is filled: so a shared object has its frame where it is nearest to the root.
        let framed: Vec<Vec<bool>> = items
            .iter()
            .map(|item| {
                item.objects
                    .iter()
                    .map(|held| self.has_frame(held))
                    .collect()
            })
            .collect();
        for (at, (item, framed)) in items.iter().zip(framed).enumerate() {
            let part = self.part(&node.id, item, &framed);
            node.inner.push(part);
            node.arrows
                .extend(item.needs.iter().map(|need| [*need, at]));
        }
    }

    fn has_frame(&mut self, held: &Held) -> bool {
        let object = held.blueprint();
        if object.fields().is_empty() || self.around.contains(&type_of(object)) {
            return false;
        }
        let is_drawn = self.drawn.contains(&type_of(object));
        self.drawn.push(type_of(object));
        !(is_drawn && held.is_shared())
    }

    fn part(&mut self, parent: &str, item: &Item<'_>, framed: &[bool]) -> Node {
        let objects: Vec<String> = item.objects.iter().map(called).collect();
        let mut label = item.name.to_owned();
        if !objects.is_empty() {
            label = format!("{label}: {}", objects.join(", "));
        }
        if !item.options.is_empty() {
            label = format!("{label} ({})", item.options.join(", "));
        }
        let mut node = self.node(parent, item.name, label, item.made);
        if let [held] = item.objects.as_slice() {
            self.open(&mut node, held, framed[0]);
        } else if framed.contains(&true) {
            for ((held, name), framed) in item.objects.iter().zip(objects).zip(framed) {
                let mut object = self.node(&node.id, held.blueprint().name(), name, Made::Init);
                self.open(&mut object, held, *framed);
                node.inner.push(object);
            }
        }
        node
    }

    /// Draws the object's fields into its node, or how it is held.
    fn open(&mut self, node: &mut Node, held: &Held, framed: bool) {
        if framed {
            let object = held.blueprint();
            self.around.push(type_of(object));
            self.fill(node, &items(object));
            self.around.pop();
        } else {
            node.is_dashed = held.is_shared();
        }
    }
}

fn called(held: &Held) -> String {
    let name = held.blueprint().name();
    if held.is_many() {
        format!("[{name}]")
    } else {
        name.to_owned()
    }
}
