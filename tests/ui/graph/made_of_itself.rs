use aobject::AObject;

#[derive(AObject)]
struct App {
    b: u64,
    #[aobject(init = b + a)]
    a: u64,
    #[aobject(default = c.clone())]
    c: String,
}

fn main() {
    drop(App::new(1));
}
