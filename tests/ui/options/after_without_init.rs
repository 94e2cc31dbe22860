use aobject::AObject;

#[derive(AObject)]
struct App {
    url: String,
    #[aobject(default, after(url))]
    hits: u64,
}

fn main() {
    drop(App::new(String::new()));
}
