use aobject::{AObject, Error};

#[derive(AObject)]
struct Store;

#[aobject::main]
async fn main() -> Result<(), Error> {
    aobject::try_join((Store::new().await?, Store::new().await?)).await?;
    Ok(())
}
