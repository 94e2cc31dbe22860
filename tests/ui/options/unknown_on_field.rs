use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(skip)]
    url: String,
}

fn main() {
    drop(App::new(String::new()));
}
