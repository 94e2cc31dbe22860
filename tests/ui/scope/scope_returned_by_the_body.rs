use aobject::{Error, Scope};

#[aobject::main]
async fn main() -> Result<(), Error> {
    aobject::scope(async |scope: &mut Scope| -> Result<&mut Scope, Error> { Ok(scope) }).await?;
    Ok(())
}
