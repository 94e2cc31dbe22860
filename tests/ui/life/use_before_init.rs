use aobject::AObject;

#[derive(AObject)]
struct Store {
    url: String,
}

fn main() {
    let store = Store::new(String::new());
    println!("{}", store.url);
}
