//! Learn: a part whose type is chosen by the configuration.
//!
//! The service mentions only the trait. The name in the configuration chooses the type. Each type has its own init
//! and close, and an unknown name is an error that lists the known ones.

use aobject::dynamic::{Choice, Dyn};
use aobject::{AObject, Error, async_trait};

#[aobject::dynamic]
#[async_trait]
trait Blobs: Sync {
    async fn put(&self, name: &str);
}

#[derive(AObject)]
struct Memory;

#[async_trait]
impl Blobs for Memory {
    async fn put(&self, name: &str) {
        println!("{name} is kept in memory");
    }
}

#[derive(AObject)]
#[aobject(args(folder: String))]
struct Local {
    #[aobject(init = lock(&folder).await, close = println!("the lock of {lock} is given back"))]
    lock: String,
}

#[async_trait]
impl Blobs for Local {
    async fn put(&self, name: &str) {
        println!("{name} is kept in {}", self.lock);
    }
}

async fn lock(folder: &str) -> String {
    println!("the lock of {folder} is taken");
    folder.to_owned()
}

/// `--blobs local:FOLDER | memory`.
fn kinds() -> Choice<dyn Blobs, String> {
    Choice::new()
        .with("local", Local::new)
        .with("memory", |_| Memory::new())
}

#[derive(AObject)]
#[aobject(args(kind: &'static str, place: &'static str))]
struct Service {
    #[aobject(init = kinds().start(kind, place.to_owned()).await?)]
    blobs: Dyn<dyn Blobs>,
}

#[aobject::main]
async fn main() -> Result<(), Error> {
    for (kind, place) in [("local", "receipts"), ("memory", "")] {
        let service = Service::new(kind, place).await?;
        service.blobs.put("receipt 1").await;
        service.close().await?;
    }
    if let Err(error) = Service::new("s3", "bucket").await {
        println!("{error:#}");
    }
    Ok(())
}
