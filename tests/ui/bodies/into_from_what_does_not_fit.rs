use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(into)]
    url: String,
}

fn main() {
    drop(App::new(1));
}
