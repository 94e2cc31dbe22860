use aobject::AObject;

#[derive(AObject)]
#[aobject(args(url: String))]
struct App {
    #[aobject(init = url.into_bytes())]
    bytes: Vec<u8>,
    #[aobject(default = url.len())]
    length: usize,
}

fn main() {
    drop(App::new(String::new()));
}
