#[aobject::test(start_paused = true, flavor = "multi_thread")]
async fn answers() {}

fn main() {}
