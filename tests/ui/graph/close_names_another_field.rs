use aobject::AObject;

#[derive(AObject)]
struct App {
    url: String,
    #[aobject(default, close = stop(length, url))]
    length: usize,
}

fn stop(_: usize, _: String) {}

fn main() {
    drop(App::new(String::new()));
}
