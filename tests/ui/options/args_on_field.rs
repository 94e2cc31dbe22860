use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(init = url.len(), args(url: String))]
    length: usize,
}

fn main() {
    drop(App::new());
}
