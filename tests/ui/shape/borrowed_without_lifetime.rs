use aobject::AObject;

#[derive(AObject)]
struct App {
    url: &str,
}

fn main() {
    drop(App::new("url"));
}
