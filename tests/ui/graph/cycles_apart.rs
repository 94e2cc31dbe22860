use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(init = *b)]
    a: u64,
    #[aobject(init = *a)]
    b: u64,
    #[aobject(init = *d)]
    c: u64,
    #[aobject(init = *c)]
    d: u64,
}

fn main() {
    drop(App::new());
}
