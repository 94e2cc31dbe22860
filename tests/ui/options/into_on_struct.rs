use aobject::AObject;

#[derive(AObject)]
#[aobject(into)]
struct App {
    url: String,
}

fn main() {
    drop(App::new(String::new()));
}
