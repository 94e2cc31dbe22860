use aobject::AObject;

#[derive(AObject)]
struct Store {
    url: String,
}

fn needs(_: &Store) {}

fn main() {
    needs(&Store::new(String::new()));
}
