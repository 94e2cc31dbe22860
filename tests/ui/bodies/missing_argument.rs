use aobject::AObject;

#[derive(AObject)]
struct App {
    url: String,
    hits: u64,
}

fn main() {
    drop(App::new(String::new()));
}
