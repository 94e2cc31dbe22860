use aobject::AObject;

#[derive(AObject)]
#[aobject(args(url: String, port: u16))]
struct App {
    #[aobject(init = url.len())]
    length: usize,
}

fn main() {
    drop(App::new(String::new(), 1));
}
