use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(given)]
    url: String,
    #[aobject(default, given)]
    hits: u64,
}

fn main() {
    drop(App::new(None, Some(1)));
}
