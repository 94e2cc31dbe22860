use aobject::AObject;

#[derive(AObject)]
struct App {
    url: String,
    #[aobject(init = url)]
    copy: String,
}

fn main() {
    drop(App::new(String::new()));
}
