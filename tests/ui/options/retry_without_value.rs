use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(init = 1, retry)]
    hits: u64,
}

fn main() {
    drop(App::new());
}
