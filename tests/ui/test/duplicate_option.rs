#[aobject::test(start_paused = true, start_paused = true)]
async fn answers() {}

fn main() {}
