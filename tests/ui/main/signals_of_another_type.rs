#[aobject::main(signals = "no")]
async fn main() {}
