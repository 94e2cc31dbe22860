#[aobject::test]
mod tests {}

fn main() {}
