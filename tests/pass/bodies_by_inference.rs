//! Annotations that a body does not need.
#![deny(warnings)]

use aobject::{AObject, Error, Tasks};

#[derive(AObject)]
struct Store {
    url: String,
}

#[aobject::main]
async fn main() -> Result<(), Error> {
    // The type of the argument and, if a `Result` states its error, that of the body.
    Store::new(String::new()).with(async |store| -> Result<(), Error> { Ok(assert!(store.url.is_empty())) }).await?;
    let len = Store::new(String::new()).with(async |store| Ok(store.url.len())).await?;
    let nothing = aobject::scope(async |scope| Ok(scope.enter(Store::new(String::new())).await?.url.len())).await?;
    assert_eq!(len, nothing);
    let tasks = Tasks::new();
    tasks.spawn("task", async |_| {});
    tasks.try_spawn("task", async |_| Ok(()));
    tasks.spawn_ready("task", async |_, ready| ready.send(1)).await?;
    // A borrow from outside, if the body stays in this task.
    let mut urls = Vec::new();
    Store::new(String::new()).with(async |store| Ok::<_, Error>(urls.push(store.url.clone()))).await?;
    assert_eq!(urls.len(), 1);
    tasks.close().await
}
