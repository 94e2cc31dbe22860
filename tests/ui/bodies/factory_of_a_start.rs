use aobject::{AObject, BoxNew, Live};

#[derive(AObject)]
struct Store;

fn open() -> BoxNew<Store> {
    Store::new().boxed()
}

#[derive(AObject)]
struct App {
    #[aobject(init = open())]
    store: Live<Store>,
}

fn main() {
    drop(App::new());
}
