use aobject::AObject;

#[derive(AObject)]
#[aobject(new = "open")]
struct App {
    url: String,
}

fn main() {
    drop(App::new(String::new()));
}
