use aobject::AObject;

#[derive(AObject)]
struct App<T> {
    value: T,
}

fn main() {}
