use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(init = 1, after(cache))]
    store: u64,
}

fn main() {
    drop(App::new());
}
