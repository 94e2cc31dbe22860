use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(default = "0")]
    hits: u64,
}

fn main() {
    drop(App::new());
}
