use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(close_timeout = 5)]
    hits: u64,
}

fn main() {
    drop(App::new(1));
}
