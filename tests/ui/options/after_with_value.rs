use aobject::AObject;

#[derive(AObject)]
struct App {
    url: String,
    #[aobject(init = 1, after = url)]
    hits: u64,
}

fn main() {
    drop(App::new(String::new()));
}
