use aobject::AObject;

#[derive(AObject)]
struct App {
    url: String,
    #[aobject(init = 1)]
    store: usize,
    #[aobject(default = url.len() + store)]
    sum: usize,
}

fn main() {
    drop(App::new(String::new()));
}
