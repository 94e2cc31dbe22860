use aobject::AObject;

#[derive(AObject)]
struct App {
    url: String,
    #[aobject(init = async move { url.len() })]
    length: usize,
}

fn main() {
    drop(App::new(String::new()));
}
