#[aobject::main(flavor = "local")]
async fn main() {}
