use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(close = { drop(url); drop(url) })]
    url: String,
}

fn main() {
    drop(App::new(String::new()));
}
