#[aobject::main(flavor = "multi", workers = 2, worker_threads = 0, start_paused = true)]
#[tokio::main]
unsafe fn main<T>(limit: u8) -> Result<(), String> {
    tokio::task::yield_now().await;
    Err(1)
}
