use aobject::AObject;

#[derive(AObject)]
struct App<T: Clone + 'static> {
    value: T,
}

fn main() {}
