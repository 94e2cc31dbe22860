use std::time::Duration;

#[aobject::main(limits = Duration::from_secs(1))]
async fn main() {}
