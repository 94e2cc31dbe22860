#[aobject::test]
async unsafe fn answers() {}

fn main() {}
