use aobject::AObject;

#[derive(AObject)]
struct App {
    url: String,
    #[aobject(init = url.length(), after(urls))]
    length: usize,
}

fn main() {
    drop(App::new(String::new()));
}
