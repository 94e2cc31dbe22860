#[aobject::test(flavor = "multi_thread", start_paused = true)]
async fn answers() {}

fn main() {}
