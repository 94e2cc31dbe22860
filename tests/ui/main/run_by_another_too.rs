#[aobject::main]
#[tokio::main]
async fn main() {}
