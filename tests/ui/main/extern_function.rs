#[aobject::main]
async extern "C" fn main() {}
