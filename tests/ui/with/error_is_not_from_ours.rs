use aobject::AObject;

#[derive(AObject)]
struct Store;

struct Failure;

#[aobject::main]
async fn main() {
    drop(Store::new().with(async |_: &Store| -> Result<(), Failure> { Ok(()) }).await);
}
