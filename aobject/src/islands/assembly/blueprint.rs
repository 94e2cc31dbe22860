use std::fmt;

use crate::ground::blueprint::drawn::{self, Item};
use crate::ground::blueprint::{self, Held, Made};
use crate::ground::picture::Picture;
use crate::islands::assembly::made::Wiring;

/// What an [`Assembly`](super::Assembly) is going to be.
#[derive(Clone)]
pub struct Blueprint {
    parts: Vec<Part>,
}

/// A part in a [`Blueprint`].
#[derive(Clone, Debug)]
pub struct Part {
    name: &'static str,
    object: fn() -> blueprint::Blueprint,
    needs: Vec<usize>,
}

impl Part {
    /// As it was added.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The blueprint of its type.
    #[must_use]
    pub fn object(&self) -> blueprint::Blueprint {
        (self.object)()
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
            object: *object,
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

    /// As a flow chart in Mermaid's language, from what is needed to what needs it, with the objects in the parts: as
    /// [`Blueprint::to_mermaid`](crate::Blueprint::to_mermaid).
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
    ///     r#"flowchart LR
    ///     subgraph Assembled["Assembled"]
    ///         Assembled_db["db: Db"]
    ///         subgraph Assembled_index["index: Index"]
    ///             Assembled_index_db[/"db: Db"/]:::shared
    ///         end
    ///         Assembled_db --> Assembled_index
    ///     end
    ///     classDef shared stroke-dasharray: 4
    /// "#
    /// );
    /// ```
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        self.picture().to_mermaid()
    }

    /// As a graph in Graphviz's language.
    #[must_use]
    pub fn to_dot(&self) -> String {
        self.picture().to_dot()
    }

    fn picture(&self) -> Picture {
        let parts = self.parts.iter().map(|part| Item {
            name: part.name,
            made: Made::Init,
            options: &[],
            objects: vec![Held::one(part.object)],
            needs: part.needs.clone(),
        });
        drawn::picture(self.name(), &parts.collect::<Vec<_>>())
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
