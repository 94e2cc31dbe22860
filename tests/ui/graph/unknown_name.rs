use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(init = urll.len())]
    length: usize,
    url: String,
}

fn main() {
    drop(App::new(String::new()));
}
