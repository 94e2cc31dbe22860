use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(init = 1, init_timeout = 5)]
    hits: u64,
}

fn main() {
    drop(App::new());
}
