use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(into, default)]
    url: String,
}

fn main() {
    drop(App::new());
}
