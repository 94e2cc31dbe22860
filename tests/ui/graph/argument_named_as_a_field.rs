use aobject::AObject;

#[derive(AObject)]
#[aobject(args(length: usize, url: String, url: String))]
struct App {
    #[aobject(init = url.len())]
    length: usize,
}

fn main() {
    drop(App::new(1, String::new(), String::new()));
}
