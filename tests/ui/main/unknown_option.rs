#[aobject::main(name = "app")]
async fn main() {}
