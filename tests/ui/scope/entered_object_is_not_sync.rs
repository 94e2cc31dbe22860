use std::cell::Cell;

use aobject::{AObject, Error, Scope};

#[derive(AObject)]
struct Counter {
    #[aobject(default)]
    _count: Cell<u8>,
}

#[aobject::main]
async fn main() -> Result<(), Error> {
    let mut scope = Scope::new();
    scope.enter(Counter::new()).await?;
    scope.close().await
}
