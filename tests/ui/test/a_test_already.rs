#[aobject::test]
#[test]
async fn answers() {}

fn main() {}
