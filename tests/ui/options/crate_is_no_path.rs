use aobject::AObject;

#[derive(AObject)]
#[aobject(crate = 1)]
struct App {
    url: String,
}

fn main() {
    drop(App::new(String::new()));
}
