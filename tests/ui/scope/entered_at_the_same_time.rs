use aobject::{AObject, Error, Scope};

#[derive(AObject)]
struct Store;

#[aobject::main]
async fn main() -> Result<(), Error> {
    let mut scope = Scope::new();
    let (one, other) = (scope.enter(Store::new()), scope.enter(Store::new()));
    one.await?;
    other.await?;
    scope.close().await
}
