use aobject::{AObject, Error};

#[derive(AObject)]
struct Store;

async fn run() -> Result<(), Error> {
    Store::new().with(async |store: &Store| -> Result<(), Error> { Ok(drop(store.close().await)) }).await
}

fn main() {
    drop(run());
}
