use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(into, into)]
    url: String,
}

fn main() {
    drop(App::new(String::new()));
}
