#[aobject::main]
fn main() {
    tokio::task::yield_now().await;
}
