use aobject::{AObject, Error};

#[derive(AObject)]
struct Store;

#[aobject::main]
async fn main() {
    let name = String::from("local");
    let body = Store::new().with(async |_: &Store| -> Result<(), Error> {
        println!("{name}");
        Ok(())
    });
    drop(tokio::spawn(body).await);
}
