#![deny(unused_must_use)]
use aobject::AObject;

#[derive(AObject)]
struct Store {
    url: String,
}

async fn life() -> Result<(), aobject::Error> {
    let store = Store::new(String::new()).await?;
    store.close();
    Ok(())
}

fn main() {
    drop(life());
}
