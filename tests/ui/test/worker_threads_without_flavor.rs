#[aobject::test(worker_threads = 2)]
async fn answers() {}

fn main() {}
