use aobject::{CancellationToken, Error, Tasks};

#[aobject::main]
async fn main() -> Result<(), Error> {
    let tasks = Tasks::new();
    tasks.close().await?;
    tasks.spawn("task", async |_: CancellationToken| {});
    Ok(())
}
