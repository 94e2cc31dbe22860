use aobject::AObject;

#[derive(AObject)]
struct App {
    url: String,
    #[aobject(init = url.len(1 2), after(url))]
    length: usize,
}

fn main() {
    drop(App::new(String::new()));
}
