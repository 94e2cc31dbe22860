use aobject::{Error, Scope};

#[aobject::main]
async fn main() -> Result<(), Error> {
    let mut scope = Scope::new();
    scope.defer(async { println!("closed") });
    scope.close().await
}
