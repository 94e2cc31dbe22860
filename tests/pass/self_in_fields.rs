//! `Self` in a field's type and in its expressions is the struct.
#![deny(warnings)]

use aobject::AObject;

#[derive(AObject)]
pub struct Tree {
    pub parent: Option<Box<Self>>,
    pub visit: fn(&Self) -> usize,
    #[aobject(default = Self::NAME.len())]
    pub len: usize,
    #[aobject(init = Self::NAME.to_owned(), close = Self::end(name).await, close_timeout = Self::LIMIT)]
    pub name: String,
}

impl Tree {
    const NAME: &str = "tree";
    const LIMIT: std::time::Duration = std::time::Duration::from_secs(1);

    async fn end(_: String) {}
}

fn main() {
    drop(Tree::new(None, |tree| tree.len));
}
