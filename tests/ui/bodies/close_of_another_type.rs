use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(close = url.len())]
    url: String,
}

fn main() {
    drop(App::new(String::new()));
}
