use aobject::AObject;

#[derive(AObject)]
struct App {
    url: String,
    #[aobject(init =)]
    length: usize,
}

fn main() {
    drop(App::new(String::new()));
}
