#[aobject::test(worker_threads = 2, start_paused = true)]
async fn answers() {}

fn main() {}
