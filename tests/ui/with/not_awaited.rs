#![deny(unused)]

use aobject::{AObject, Error};

#[derive(AObject)]
struct Store;

#[aobject::main]
async fn main() {
    Store::new().with(async |_: &Store| -> Result<(), Error> { Ok(()) });
}
