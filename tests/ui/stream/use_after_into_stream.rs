use aobject::{AObject, Error};

#[derive(AObject)]
struct Reader {
    line: String,
}

#[aobject::main]
async fn main() -> Result<(), Error> {
    let reader = Reader::new(String::new()).await?;
    drop(reader.into_stream(async |_: &mut Reader| -> Result<Option<()>, Error> { Ok(None) }));
    println!("{}", reader.line);
    Ok(())
}
