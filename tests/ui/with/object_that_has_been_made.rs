use aobject::{AObject, Error};

#[derive(AObject)]
struct Store;

#[aobject::main]
async fn main() -> Result<(), Error> {
    Store::new().await?.with(async |_: &Store| -> Result<(), Error> { Ok(()) }).await
}
