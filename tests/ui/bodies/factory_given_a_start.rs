use aobject::{AObject, BoxNew, Live};

#[derive(AObject)]
struct Store;

#[derive(AObject)]
struct App {
    store: Live<Store>,
}

fn main() {
    let open: fn() -> BoxNew<Store> = || Store::new().boxed();
    drop(App::new(open()));
}
