#[aobject::test]
fn answers() {}

fn main() {}
