//! How an error's path grows on its way up: `App.shards[3].disk`.

use crate::contain::contain;
use crate::{Blueprint, Phase};

/// One holder on the way up.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Label {
    /// Adds no name.
    None,
    /// A field takes the place of the type that it holds: `Store.pool` becomes `store.pool`.
    Field(&'static str),
    /// A place in a collection stands behind the type: `Shard.disk` becomes `Shard[3].disk`.
    Index(usize),
    /// An object stands in front: `store.pool` becomes `App.store.pool`.
    Object(fn() -> Blueprint),
}

impl Label {
    pub(crate) fn apply(self, path: &str) -> String {
        let (root, rest) = path.split_at(path.find(['.', '[']).unwrap_or(path.len()));
        match self {
            Label::None => path.to_owned(),
            Label::Field(name) => format!("{name}{rest}"),
            Label::Index(index) => format!("{root}[{index}]{rest}"),
            Label::Object(blueprint) => {
                let dot = if root.is_empty() { "" } else { "." };
                // A user's may panic, and this is called where an object is dropped.
                let name = contain(Phase::Close, || blueprint().name()).unwrap_or("object");
                format!("{name}{dot}{path}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app() -> Blueprint {
        Blueprint::named("App")
    }

    #[test]
    fn a_field_takes_the_place_of_the_type() {
        assert_eq!(Label::Field("store").apply(""), "store");
        assert_eq!(Label::Field("store").apply("Store"), "store");
        assert_eq!(
            Label::Field("store").apply("Store.pool.conn"),
            "store.pool.conn"
        );
    }

    #[test]
    fn an_index_stays_with_its_field() {
        let inner = Label::Index(1).apply("Shard.disk");
        assert_eq!(inner, "Shard[1].disk");
        let outer = Label::Index(0).apply(&inner);
        assert_eq!(Label::Field("grid").apply(&outer), "grid[0][1].disk");
        assert_eq!(
            Label::Field("grid").apply(&Label::Index(4).apply("")),
            "grid[4]"
        );
    }

    #[test]
    fn an_object_stands_in_front() {
        assert_eq!(Label::Object(app).apply(""), "App");
        assert_eq!(Label::Object(app).apply("store.pool"), "App.store.pool");
        assert_eq!(Label::Object(app).apply("[2]"), "App[2]");
    }
}
