#[aobject::main]
async fn main() -> Result<(), String> {
    tokio::task::yield_now().await;
}
