use aobject::AObject;

#[derive(AObject)]
#[aobject(args = url)]
struct App {
    #[aobject(init = 1)]
    length: usize,
}

fn main() {
    drop(App::new());
}
