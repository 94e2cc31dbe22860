#[aobject::main(worker_threads = 1 signals = false)]
async fn main() {}
