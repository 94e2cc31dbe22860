use aobject::AObject;

#[derive(AObject)]
struct App<T: Send> {
    value: T,
}

fn main() {
    drop(App::new(1));
}
