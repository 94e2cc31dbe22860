use aobject::{AObject, Error};

#[derive(AObject)]
struct Store {
    url: String,
}

async fn run() -> Result<(), Error> {
    let store = Store::new(String::new()).await?;
    let shared = store.share();
    println!("{}", store.url);
    shared.close().await
}

fn main() {
    drop(run());
}
