use aobject::{CancellationToken, Tasks};

#[aobject::main]
async fn main() {
    Tasks::new().spawn("read", async |_: CancellationToken| std::fs::read("Cargo.toml").map(drop));
}
