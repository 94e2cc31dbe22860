use aobject::AObject;

#[derive(AObject)]
struct App<T> {
    value: T,
}

fn main() {
    drop(App::new(1));
}
