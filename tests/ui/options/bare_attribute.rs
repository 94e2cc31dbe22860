use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject]
    url: String,
}

fn main() {
    drop(App::new(String::new()));
}
