#[aobject::test]
#[tokio::test(start_paused = true)]
async fn answers() {}

fn main() {}
