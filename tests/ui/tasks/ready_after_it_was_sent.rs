use aobject::{CancellationToken, Error, Ready, Tasks};

#[aobject::main]
async fn main() -> Result<(), Error> {
    let tasks = Tasks::new();
    let body = async |_: CancellationToken, ready: Ready<u8>| {
        ready.send(1);
        ready.send(2);
    };
    tasks.spawn_ready("count", body).await.map(drop)
}
