#[aobject::main]
async fn main() -> u8 {
    1
}
