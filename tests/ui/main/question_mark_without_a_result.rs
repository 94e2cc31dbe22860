#[aobject::main]
async fn main() {
    std::fs::read("Cargo.toml")?;
}
