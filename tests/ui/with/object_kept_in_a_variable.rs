use aobject::{AObject, Error};

#[derive(AObject)]
struct Store {
    url: String,
}

async fn run() -> Result<(), Error> {
    let mut kept = None;
    let body = async |store: &Store| -> Result<(), Error> {
        kept = Some(&store.url);
        Ok(())
    };
    Store::new(String::new()).with(body).await?;
    println!("{kept:?}");
    Ok(())
}

fn main() {
    drop(run());
}
