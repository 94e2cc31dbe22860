use aobject::{AObject, dynamic::Dyn};

#[aobject::dynamic]
trait Cache: Sync {}

#[derive(AObject)]
struct Memory;

async fn start() -> Result<(), aobject::Error> {
    let cache: Dyn<dyn Cache> = Memory::new().await?.into_dyn();
    cache.close().await
}

fn main() {
    drop(start());
}
