use aobject::AObject;

#[derive(AObject)]
#[aobject(retry = [std::time::Duration::ZERO])]
struct App {
    #[aobject(init = 1)]
    hits: u64,
}

fn main() {
    drop(App::new());
}
