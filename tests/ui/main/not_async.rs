#[aobject::main]
fn main() {
    let _ = 1;
}
