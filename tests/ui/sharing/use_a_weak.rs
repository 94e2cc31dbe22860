use aobject::{AObject, Error};

#[derive(AObject)]
struct Store {
    url: String,
}

async fn run() -> Result<(), Error> {
    let store = Store::new(String::new()).await?.share();
    let weak = store.downgrade();
    println!("{}", weak.url);
    store.close().await
}

fn main() {
    drop(run());
}
