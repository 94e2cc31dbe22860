#![deny(unused_must_use)]
use aobject::AObject;

#[derive(AObject)]
struct Store {
    url: String,
}

fn main() {
    Store::new(String::new());
}
