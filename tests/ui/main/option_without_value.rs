#[aobject::main(signals)]
async fn main() {}
