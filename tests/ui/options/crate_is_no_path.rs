use aobject::AObject;

#[derive(AObject)]
#[aobject(crate = "aobject")]
struct App {
    url: String,
}

fn main() {
    drop(App::new(String::new()));
}
