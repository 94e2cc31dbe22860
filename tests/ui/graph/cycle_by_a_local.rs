use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(init = { let cache = url.len(); cache + 1 })]
    store: usize,
    #[aobject(init = *store)]
    cache: usize,
    url: String,
}

fn main() {
    drop(App::new(String::new()));
}
