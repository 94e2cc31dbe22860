//! The name of a field where it does not mean the field: no cycle, no wait.
#![deny(warnings)]

use aobject::AObject;

pub struct Config {
    pub store: u8,
    pub cache: u8,
}

mod cache {
    pub const SIZE: u8 = 1;
}

macro_rules! index {
    () => {
        1
    };
}

#[derive(AObject)]
pub struct App {
    #[aobject(init = Config { store: 1, cache: cache::SIZE }.cache)]
    pub store: u8,
    #[aobject(init = 'store: loop { break 'store store + index!() })]
    pub cache: u8,
    #[aobject(init = match (Config { store: *store, cache: *cache }) { Config { store: a, cache: b } => a + b })]
    pub index: u8,
    #[aobject(init = "{{text}} {store}".len() + b"{text}".len())]
    pub text: usize,
}

fn main() {
    drop(App::new());
}
