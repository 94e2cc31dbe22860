#[aobject::test(start_pause = true)]
async fn answers() {}

fn main() {}
