use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(default, retry = [std::time::Duration::ZERO])]
    hits: u64,
}

fn main() {
    drop(App::new());
}
