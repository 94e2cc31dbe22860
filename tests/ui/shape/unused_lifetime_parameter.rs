use aobject::AObject;

#[derive(AObject)]
struct App<'a> {
    url: String,
}

fn main() {
    drop(App::new(String::new()));
}
