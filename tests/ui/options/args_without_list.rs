use aobject::AObject;

#[derive(AObject)]
#[aobject(args)]
struct App {
    #[aobject(init = 1)]
    length: usize,
}

fn main() {
    drop(App::new());
}
