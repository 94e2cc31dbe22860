use aobject::{Error, Scope};

#[aobject::main]
async fn main() -> Result<(), Error> {
    let (mut scope, name) = (Scope::new(), String::from("local"));
    scope.defer(async || println!("{name}"));
    scope.close().await
}
