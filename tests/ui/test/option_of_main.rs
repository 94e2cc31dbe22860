#[aobject::test(signals = false)]
async fn answers() {}

fn main() {}
