#[aobject::main]
async unsafe fn main() {}
