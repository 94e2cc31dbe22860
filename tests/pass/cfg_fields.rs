//! A field that is not compiled is no argument, and leaves nothing behind.
#![deny(warnings)]

use aobject::AObject;

#[derive(AObject)]
pub struct App {
    pub url: String,
    #[cfg(any())]
    pub none: Nothing,
    #[cfg(all())]
    #[aobject(into)]
    pub name: String,
    #[cfg_attr(all(), aobject(init = url.len()))]
    #[cfg_attr(any(), aobject(nonsense))]
    pub len: usize,
}

fn main() {
    drop(App::new(String::new(), "name"));
}
