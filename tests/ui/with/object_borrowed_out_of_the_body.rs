use aobject::{AObject, Error};

#[derive(AObject)]
struct Store {
    url: String,
}

async fn run() -> Result<(), Error> {
    let url = Store::new(String::new()).with(async |store: &Store| -> Result<&String, Error> { Ok(&store.url) }).await?;
    println!("{url}");
    Ok(())
}

fn main() {
    drop(run());
}
