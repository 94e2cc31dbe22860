#[aobject::test(start_paused)]
async fn answers() {}

fn main() {}
