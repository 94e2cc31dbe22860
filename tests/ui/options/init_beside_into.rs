use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(init = String::new(), into)]
    url: String,
}

fn main() {
    drop(App::new());
}
