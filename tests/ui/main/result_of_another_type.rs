#[derive(Debug)]
struct Failure;

#[aobject::main]
async fn main() -> Result<(), Failure> {
    "1".parse::<u8>()?;
    Ok(())
}
