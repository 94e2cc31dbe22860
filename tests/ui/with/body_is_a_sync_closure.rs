use aobject::{AObject, Error};

#[derive(AObject)]
struct Store;

#[aobject::main]
async fn main() -> Result<(), Error> {
    Store::new().with(|_: &Store| -> Result<(), Error> { Ok(()) }).await
}
