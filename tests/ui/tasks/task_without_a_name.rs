use aobject::{CancellationToken, Tasks};

async fn work(stop: CancellationToken) {
    stop.cancelled().await;
}

#[aobject::main]
async fn main() {
    Tasks::new().spawn(work);
}
