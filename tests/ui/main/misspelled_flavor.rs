#[aobject::main(flavor = "multi_threads")]
async fn main() {}
