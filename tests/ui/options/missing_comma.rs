use aobject::AObject;

#[derive(AObject)]
struct App {
    url: String,
    #[aobject(init = url.len() after(url))]
    length: usize,
}

fn main() {
    drop(App::new(String::new()));
}
