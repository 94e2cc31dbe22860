//! The path of an error, which grows on its way up: `App.shards[3].disk`.

use std::panic::catch_unwind;

use crate::ground::blueprint::Blueprint;

/// One holder on the way up.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PathSegment {
    /// Adds no name.
    None,
    /// A field replaces the type name of its value: `Store.pool` becomes `store.pool`.
    Field(&'static str),
    /// An index in a collection follows the type name: `Shard.disk` becomes `Shard[3].disk`.
    Index(usize),
    /// An object goes in front: `store.pool` becomes `App.store.pool`.
    Object(fn() -> Blueprint),
}

impl PathSegment {
    pub(crate) fn apply(&self, path: &str) -> String {
        let (root, rest) = path.split_at(path.find(['.', '[']).unwrap_or(path.len()));
        match self {
            PathSegment::None => path.to_owned(),
            PathSegment::Field(name) => format!("{name}{rest}"),
            PathSegment::Index(index) => format!("{root}[{index}]{rest}"),
            PathSegment::Object(blueprint) => {
                let dot = if root.is_empty() { "" } else { "." };
                // A user's `blueprint` may panic, and this is called while an object is dropped.
                let name = catch_unwind(|| blueprint().name()).unwrap_or_else(|payload| {
                    std::mem::forget(payload);
                    "object"
                });
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
        assert_eq!(PathSegment::Field("store").apply(""), "store");
        assert_eq!(PathSegment::Field("store").apply("Store"), "store");
        assert_eq!(
            PathSegment::Field("store").apply("Store.pool.conn"),
            "store.pool.conn"
        );
    }

    #[test]
    fn an_index_stays_with_its_field() {
        let inner = PathSegment::Index(1).apply("Shard.disk");
        assert_eq!(inner, "Shard[1].disk");
        let outer = PathSegment::Index(0).apply(&inner);
        assert_eq!(PathSegment::Field("grid").apply(&outer), "grid[0][1].disk");
        assert_eq!(
            PathSegment::Field("grid").apply(&PathSegment::Index(4).apply("")),
            "grid[4]"
        );
    }

    #[test]
    fn an_object_stands_in_front() {
        assert_eq!(PathSegment::Object(app).apply(""), "App");
        assert_eq!(
            PathSegment::Object(app).apply("store.pool"),
            "App.store.pool"
        );
        assert_eq!(PathSegment::Object(app).apply("[2]"), "App[2]");
    }
}
