use aobject::AObject;

#[derive(AObject)]
struct Store {
    url: String,
}

async fn life() -> Result<(), aobject::Error> {
    let store = Store::new(String::new()).await?;
    let url = &store.url;
    store.close().await?;
    println!("{url}");
    Ok(())
}

fn main() {
    drop(life());
}
