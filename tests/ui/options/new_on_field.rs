use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(new = open)]
    url: String,
}

fn main() {
    drop(App::new(String::new()));
}
