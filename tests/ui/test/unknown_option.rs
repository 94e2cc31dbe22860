#[aobject::test(timeout = std::time::Duration::from_secs(1))]
async fn answers() {}

fn main() {}
