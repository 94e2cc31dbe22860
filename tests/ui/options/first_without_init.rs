use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(first)]
    url: String,
}

fn main() {
    drop(App::new(String::new()));
}
