use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(init = String::new())]
    length: usize,
}

fn main() {
    drop(App::new());
}
