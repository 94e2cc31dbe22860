#[aobject::main(limit = 5)]
async fn main() {}
