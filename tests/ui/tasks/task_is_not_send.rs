use std::rc::Rc;

use aobject::{CancellationToken, Tasks};

#[aobject::main]
async fn main() {
    Tasks::new().spawn("work", async |stop: CancellationToken| {
        let rc = Rc::new(1);
        stop.cancelled().await;
        drop(rc);
    });
}
