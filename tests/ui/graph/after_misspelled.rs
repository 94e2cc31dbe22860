use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(init = 1)]
    cache: u64,
    #[aobject(init = 1, after(cahce))]
    store: u64,
}

fn main() {
    drop(App::new());
}
