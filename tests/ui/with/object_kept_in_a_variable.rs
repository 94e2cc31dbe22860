use aobject::{AObject, Error};

#[derive(AObject)]
struct Store {
    url: String,
}

#[aobject::main]
async fn main() -> Result<(), Error> {
    let mut kept = None;
    let body = async |store: &Store| -> Result<(), Error> {
        kept = Some(&store.url);
        Ok(())
    };
    Store::new(String::new()).with(body).await?;
    println!("{kept:?}");
    Ok(())
}
