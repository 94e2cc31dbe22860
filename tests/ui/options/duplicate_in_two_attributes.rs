use aobject::AObject;

#[derive(AObject)]
struct App {
    url: String,
    #[aobject(init = url.len())]
    #[aobject(init = url.len() + 1)]
    length: usize,
}

fn main() {
    drop(App::new(String::new()));
}
