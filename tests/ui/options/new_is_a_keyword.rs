use aobject::AObject;

#[derive(AObject)]
#[aobject(new = fn)]
struct App {
    url: String,
}

fn main() {
    drop(App::new(String::new()));
}
