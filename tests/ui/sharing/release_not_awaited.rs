#![deny(unused)]

use aobject::{AObject, Error};

#[derive(AObject)]
struct Store;

async fn run() -> Result<(), Error> {
    let store = Store::new().await?.share();
    store.release();
    Ok(())
}

fn main() {
    drop(run());
}
