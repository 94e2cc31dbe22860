use aobject::AObject;

#[derive(AObject)]
struct Store {
    url: String,
}

impl Drop for Store {
    fn drop(&mut self) {}
}

fn main() {
    drop(Store::new(String::new()));
}
