#[aobject::test(flavor = "local")]
async fn answers() {}

fn main() {}
