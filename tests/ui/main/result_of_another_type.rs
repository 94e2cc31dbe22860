#[aobject::main]
async fn main() -> Result<(), std::io::Error> {
    "1".parse::<u8>()?;
    Ok(())
}
