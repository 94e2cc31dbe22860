#[aobject::main(crate = "aobject")]
async fn main() {}
