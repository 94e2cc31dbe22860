use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(init = *b + *c)]
    a: u64,
    #[aobject(init = *a)]
    b: u64,
    #[aobject(init = *a)]
    c: u64,
}

fn main() {
    drop(App::new());
}
