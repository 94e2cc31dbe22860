use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(init = Some(1)?)]
    length: usize,
}

fn main() {
    drop(App::new());
}
