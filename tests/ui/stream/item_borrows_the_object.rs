use aobject::{AObject, Error};

#[derive(AObject)]
struct Reader {
    line: String,
}

#[aobject::main]
async fn main() -> Result<(), Error> {
    let reader = Reader::new(String::new()).await?;
    drop(reader.into_stream(async |reader: &mut Reader| -> Result<Option<&String>, Error> { Ok(Some(&reader.line)) }));
    Ok(())
}
