use aobject::AObject;

#[derive(AObject)]
struct App {
    url: String,
    cache: u64,
    #[aobject(init = 1, after(index))]
    store: u64,
}

fn main() {
    drop(App::new(String::new(), 1));
}
