use aobject::{AObject, Error};

#[derive(AObject)]
struct Store {
    url: String,
}

async fn run() -> Result<(), Error> {
    let store = Store::new(String::new()).await?.share();
    let url = &store.url;
    store.release().await?;
    println!("{url}");
    Ok(())
}

fn main() {
    drop(run());
}
