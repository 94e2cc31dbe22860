use aobject::{AObject, Error, Scope};

#[derive(AObject)]
struct Store;

#[aobject::main]
async fn main() -> Result<(), Error> {
    let mut scope = Scope::new();
    scope.close().await?;
    scope.enter(Store::new()).await?;
    Ok(())
}
