#![deny(unused)]

use aobject::{CancellationToken, Ready, Tasks};

#[aobject::main]
async fn main() {
    let tasks = Tasks::new();
    tasks.spawn_ready("task", async |_: CancellationToken, ready: Ready<u8>| ready.send(1));
}
