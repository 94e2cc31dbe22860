use aobject::{AObject, Error};

#[derive(AObject)]
struct Store {
    url: String,
}

async fn run() -> Result<(), Error> {
    let store = Store::new(String::new()).await?.share();
    store.close().await?;
    println!("{}", store.url);
    Ok(())
}

fn main() {
    drop(run());
}
